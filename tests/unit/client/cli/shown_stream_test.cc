#include "client/cli/shown_stream.h"

#include <ostream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

TEST(ShownStreamTest, TextAndLineBreaksStayAndControlsAreEscaped) {
  std::stringbuf target;
  ShownStream shown(target);
  std::ostream out(&shown);

  out << "é 日本\n"
      << "a\x1b[2Jb" << '\r' << "\u202e" << std::flush;

  EXPECT_EQ(target.str(), "é 日本\na\\x1b[2Jb\\x0d\\u{202e}");
}

TEST(ShownStreamTest, ACharacterMayComeInPieces) {
  std::stringbuf target;
  ShownStream shown(target);
  std::ostream out(&shown);

  for (const char byte : std::string("é日😀")) out << byte;
  out << "\xe6\x97" << std::flush;

  EXPECT_EQ(target.str(), "é日😀\\xe6\\x97");
}

TEST(ShownStreamTest, ATargetThatFailsFailsTheStream) {
  class Full : public std::streambuf {
  } target;
  ShownStream shown(target);
  std::ostream out(&shown);

  out << "text";

  EXPECT_FALSE(out.good());
}

}  // namespace
}  // namespace orrery::cli
