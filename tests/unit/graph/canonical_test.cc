#include "graph/canonical.h"

#include <set>

#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

Graph Sample() {
  return {.name = "sample",
          .nodes = {{InputNode{"x"}, {}},
                    {ConstNode{JsonValue("5")}, {}},
                    {FunctionNode{"w.t"}, {{"a", {0, "x"}}, {"b", {1, "value"}}}},
                    {OutputNode{}, {{"value", {2, "value"}}}}},
          .fixed_inputs = {}};
}

ValuePtr Shared(Value value) { return std::make_shared<const Value>(std::move(value)); }

TEST(CanonicalTest, GraphDigestIsStable) {
  // Digests are stored: a change here orphans every stored graph and needs a new version.
  EXPECT_EQ(GraphDigest(Sample()).ToHex(),
            "58e4bc12e31ba90ca84f103365a436f7626a292f8faa821ce58e6abf5f83b0e4");
}

TEST(CanonicalTest, NameAndInputOrderDoNotMatter) {
  Graph other = Sample();
  other.name = "other";
  std::swap(other.nodes[2].inputs[0], other.nodes[2].inputs[1]);

  EXPECT_EQ(GraphDigest(other), GraphDigest(Sample()));
}

TEST(CanonicalTest, EveryOtherDifferenceMatters) {
  std::vector<Graph> graphs(9, Sample());
  graphs[1].nodes[0].kind = InputNode{"y"};
  graphs[2].nodes[1].kind = ConstNode{JsonValue("6")};
  graphs[3].nodes[1].kind = ConstNode{BytesValue("5")};
  graphs[4].nodes[2].kind = FunctionNode{"w.u"};
  graphs[5].nodes[2].inputs[0].name = "c";
  graphs[6].nodes[2].inputs[0].source.node = -1;
  graphs[7].nodes.pop_back();
  graphs[8].fixed_inputs["x"] = JsonValue("1");

  std::set<Digest> digests;
  for (const Graph& graph : graphs) digests.insert(GraphDigest(graph));

  EXPECT_EQ(digests.size(), graphs.size());
}

TEST(CanonicalTest, InlineAndBlobConstantsAreTheSame) {
  Graph blob = Sample();
  blob.nodes[1].kind = ConstNode{{BlobRef{Sha256("5"), 1}, std::string(kMediaTypeJson), "int"}};

  EXPECT_EQ(GraphDigest(blob), GraphDigest(Sample()));
}

TEST(CanonicalTest, InputsDigestIgnoresOrderButNotMediaTypes) {
  const std::vector<NamedValue> inputs = {{"a", Shared(JsonValue("1"))},
                                          {"b", Shared(JsonValue("2"))}};
  const std::vector<NamedValue> reversed = {inputs[1], inputs[0]};
  const std::vector<NamedValue> bytes = {{"a", Shared(BytesValue("1"))}, inputs[1]};
  const std::vector<NamedValue> swapped = {{"b", inputs[0].value}, {"a", inputs[1].value}};

  EXPECT_EQ(InputsDigest(inputs), InputsDigest(reversed));
  EXPECT_NE(InputsDigest(inputs), InputsDigest(bytes));
  EXPECT_NE(InputsDigest(inputs), InputsDigest(swapped));
}

TEST(CanonicalTest, SignatureIsAllOfATaskButItsDescription) {
  const TaskSpec task{
      .name = "paint",
      .inputs = {{.name = "x", .type = ListOf(SimpleType(TypeKind::kInt)), .formats = {"json"}}},
      .outputs = {{.name = "value"}},
      .version = "1"};
  TaskSpec described = task;
  described.description = "Paints.";
  EXPECT_EQ(SignatureDigest("ada", described), SignatureDigest("ada", task));

  std::vector<TaskSpec> others(8, task);
  others[0].name = "draw";
  others[1].version = "2";
  others[2].is_cacheable = true;
  others[3].is_effect_once = true;
  others[4].inputs[0].type = ListOf(SimpleType(TypeKind::kStr));
  others[5].inputs[0].formats = {"npy"};
  others[6].inputs[0].default_value = JsonValue("[]");
  others[7].outputs[0].name = "result";
  std::set<Digest> digests{SignatureDigest("ada", task), SignatureDigest("bob", task)};
  for (const TaskSpec& other : others) digests.insert(SignatureDigest("ada", other));
  EXPECT_EQ(digests.size(), 10u);
}

}  // namespace
}  // namespace orrery::graph
