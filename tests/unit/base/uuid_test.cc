#include "base/uuid.h"

#include <string>

#include "absl/hash/hash_testing.h"
#include "base/random.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

TEST(UuidTest, SmallIntegerIsTheLastDigits) {
  EXPECT_EQ(Uuid::Parse("207").value().ToString(), "00000000-0000-0000-0000-0000000000cf");
  EXPECT_EQ(Uuid::FromInteger(207), Uuid::Parse("207").value());
  EXPECT_EQ(Uuid::Parse("18446744073709551615").value().ToString(),
            "00000000-0000-0000-ffff-ffffffffffff");
}

TEST(UuidTest, CanonicalTextRoundTripsInEitherCase) {
  const std::string text = "01234567-89ab-cdef-0123-456789abcdef";

  EXPECT_EQ(Uuid::Parse(text).value().ToString(), text);
  EXPECT_EQ(Uuid::Parse("01234567-89AB-CDEF-0123-456789ABCDEF"), Uuid::Parse(text));
}

TEST(UuidTest, AnythingElseIsRefused) {
  for (const char* text :
       {"", "-1", "+1", " 1", "1 ", "0x10", "18446744073709551616", "0123456789abcdef",
        "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdeg",
        "0123456-789ab-cdef-0123-456789abcdef", "../../etc/passwd"}) {
    EXPECT_EQ(Uuid::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(UuidTest, RandomOnesAreVersionFourAndFollowTheSource) {
  SeededRandom random(1);
  SeededRandom same(1);

  const Uuid uuid = Uuid::FromRandom(random);

  EXPECT_EQ(uuid.ToString()[14], '4');
  EXPECT_TRUE(std::string("89ab").find(uuid.ToString()[19]) != std::string::npos);
  EXPECT_EQ(uuid, Uuid::FromRandom(same));
  EXPECT_NE(uuid, Uuid::FromRandom(random));
}

TEST(UuidTest, BytesRoundTripAndOtherLengthsAreRefused) {
  const Uuid uuid = Uuid::FromInteger(5);

  EXPECT_EQ(Uuid::FromBytes(uuid.ToBytes(), "id").value(), uuid);
  EXPECT_EQ(std::string(Uuid::FromBytes("abc", "workflow_id").status().message()),
            "workflow_id has 3 bytes, it needs 16");
}

TEST(UuidTest, HashAgreesWithEquality) {
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {Uuid(), Uuid::FromInteger(1), Uuid::FromInteger(256)}));
}

}  // namespace
}  // namespace orrery
