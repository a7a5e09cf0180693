#include "controller/rpc/catalog_cache.h"

#include "fmt/format.h"
#include "orrery/graph/v1/catalog.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

graph::v1::Catalog CatalogOf(const std::string& worker, const std::string& version = "1") {
  graph::v1::Catalog message;
  message.set_worker(worker);
  graph::v1::Task& task = *message.add_tasks();
  task.set_name("paint");
  task.set_version(version);
  task.add_outputs()->set_name("value");
  return message;
}

TEST(CatalogCacheTest, EqualCatalogsAreOne) {
  CatalogCache cache;

  const auto first = cache.Read(CatalogOf("ada"));
  const auto again = cache.Read(CatalogOf("ada"));
  const auto other = cache.Read(CatalogOf("ada", "2"));

  ASSERT_TRUE(first.ok() && again.ok() && other.ok());
  EXPECT_EQ(*first, *again);
  EXPECT_NE(*first, *other);
  EXPECT_EQ((*other)->tasks[0].version, "2");
}

TEST(CatalogCacheTest, ACatalogThatIsWrongIsAnErrorEachTime) {
  CatalogCache cache;

  EXPECT_TRUE(absl::IsInvalidArgument(cache.Read(CatalogOf("")).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(cache.Read(CatalogOf("")).status()));
}

TEST(CatalogCacheTest, CatalogsThatNobodyHasAreRemoved) {
  CatalogCache cache;
  const auto kept = cache.Read(CatalogOf("kept"));

  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(cache.Read(CatalogOf(fmt::format("w{}", i))).ok());

  EXPECT_LT(cache.size(), 20u);
  EXPECT_EQ(*cache.Read(CatalogOf("kept")), *kept);
}

}  // namespace
}  // namespace orrery::rpc
