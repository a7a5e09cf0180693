#include "controller/engine/graph_cache.h"

#include "graph/graph_data.h"
#include "tests/unit/controller/engine/sketch.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using GraphPtr = std::shared_ptr<const CompiledGraph>;

std::shared_ptr<const graph::Graph> Shared(graph::Graph graph) {
  return std::make_shared<const graph::Graph>(std::move(graph));
}

GraphPtr Loaded(GraphCache& cache, const std::string& json) {
  absl::StatusOr<GraphPtr> graph = cache.Load(Sha256(json), json);
  EXPECT_TRUE(graph.ok()) << graph.status();
  return graph.value_or(nullptr);
}

TEST(GraphCacheTest, AGraphIsFoundByItsBytesOnceLoaded) {
  GraphCache cache;
  const std::string json = graph::WriteGraphData(OneTask());

  EXPECT_EQ(cache.Find(Sha256(json)), nullptr);
  const GraphPtr loaded = Loaded(cache, json);

  EXPECT_EQ(cache.Find(Sha256(json)), loaded);
}

TEST(GraphCacheTest, EqualGraphsAreCompiledOnce) {
  GraphCache cache;
  const std::string json = graph::WriteGraphData(OneTask());

  const GraphPtr interned = *cache.Intern(Shared(OneTask()));
  const GraphPtr loaded = Loaded(cache, json);
  const GraphPtr spaced = Loaded(cache, json + " ");

  EXPECT_EQ(interned, loaded);
  EXPECT_EQ(interned, spaced);
}

TEST(GraphCacheTest, DifferentGraphsAreKeptApart) {
  GraphCache cache;

  const GraphPtr add = *cache.Intern(Shared(OneTask("ada.add")));
  const GraphPtr times = *cache.Intern(Shared(OneTask("ada.times")));

  EXPECT_NE(add, times);
  EXPECT_NE(add->digest(), times->digest());
}

TEST(GraphCacheTest, BytesThatAreNoGraphAreRefused) {
  GraphCache cache;

  for (const std::string json : {"", "42", "{\"nodes\": 3}", "\xff"}) {
    EXPECT_EQ(cache.Load(Sha256(json), json).status().code(), absl::StatusCode::kInvalidArgument)
        << json;
    EXPECT_EQ(cache.Find(Sha256(json)), nullptr) << json;
  }
}

TEST(GraphCacheTest, AWrongGraphIsRefused) {
  GraphCache cache;
  Sketch sketch;
  sketch.Task("ada.add", {{"a", {1, "value"}}});
  const std::string json = graph::WriteGraphData(sketch.Returning(sketch.Task("ada.add")));

  EXPECT_EQ(cache.Load(Sha256(json), json).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(GraphCacheTest, AGraphIsRemovedWhenItsLastUserReleasedIt) {
  GraphCache cache;
  const std::string json = graph::WriteGraphData(OneTask());
  const GraphPtr graph = Loaded(cache, json);
  cache.Use(graph);
  cache.Use(graph);

  cache.Release(graph->digest());
  cache.Collect();
  EXPECT_EQ(cache.Find(Sha256(json)), graph);
  cache.Release(graph->digest());
  EXPECT_EQ(cache.Find(Sha256(json)), graph);
  cache.Collect();

  EXPECT_EQ(cache.Find(Sha256(json)), nullptr);
}

TEST(GraphCacheTest, AGraphThatNobodyUsedIsRemoved) {
  GraphCache cache;
  const std::string json = graph::WriteGraphData(OneTask());
  const GraphPtr graph = Loaded(cache, json);

  cache.Collect();

  EXPECT_EQ(cache.Find(Sha256(json)), nullptr);
}

TEST(GraphCacheTest, ARemovedGraphCanStillBeUsed) {
  GraphCache cache;
  const GraphPtr graph = *cache.Intern(Shared(OneTask()));
  cache.Collect();

  cache.Use(graph);

  EXPECT_EQ(*cache.Intern(Shared(OneTask())), graph);
  cache.Release(graph->digest());
}

// Pointers that views or the checkpoint tree hold must not affect the engine.
TEST(GraphCacheTest, WhoHoldsThePointerIsNoUser) {
  GraphCache cache;
  const GraphPtr held = *cache.Intern(Shared(OneTask()));

  cache.Collect();

  EXPECT_NE(*cache.Intern(Shared(OneTask())), held);
}

}  // namespace
}  // namespace orrery::engine
