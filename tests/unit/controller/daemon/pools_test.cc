#include "controller/daemon/pools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::daemon {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kCatalog =
    "{\n  \"worker\": \"ada\",\n  \"tasks\": [\n    {\n      \"name\": \"paint\"\n    }\n  ]\n}\n";

std::string WorkerIn(const std::string& printed) {
  const auto catalog = ReadCatalog(printed);
  return catalog.ok() ? (*catalog)->worker : std::string(catalog.status().message());
}

TEST(PoolsTest, CatalogIsReadBetweenBanners) {
  const std::string catalog(kCatalog);

  EXPECT_EQ(WorkerIn(catalog), "ada");
  EXPECT_EQ(WorkerIn("Loading {model} ...\n[1/2]\n" + catalog), "ada");
  EXPECT_EQ(WorkerIn("Loading... " + catalog + "bye\n"), "ada");
  EXPECT_EQ(WorkerIn("{\"level\": \"info\"}\n{\"worker\": \"ada\", \"tasks\": []}"), "ada");
}

TEST(PoolsTest, LastCatalogCounts) {
  EXPECT_EQ(WorkerIn("{\"worker\": \"bob\"}\n" + std::string(kCatalog)), "ada");
}

TEST(PoolsTest, OutputWithoutACatalogIsShown) {
  EXPECT_THAT(WorkerIn("usage: paint [FILE]\n"), HasSubstr("but: \"usage: paint [FILE]\""));
  EXPECT_THAT(WorkerIn(""), HasSubstr("printed no catalog"));
  EXPECT_EQ(ReadCatalog(absl::AbortedError("it exited with status 1: no licence")).status(),
            absl::AbortedError("it exited with status 1: no licence"));
}

}  // namespace
}  // namespace orrery::daemon
