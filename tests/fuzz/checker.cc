// The checker, on graphs built node by node: most references lead somewhere, most ports exist, and
// graphs lie in the constants of graphs.
#include "graph/checker.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "graph/graph_data.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/graph_checks.h"

namespace orrery::fuzz {
namespace {

constexpr std::size_t kNodesMax = 40;
constexpr std::size_t kInputsMax = 6;
constexpr std::size_t kNestingMax = 3;

constexpr std::string_view kPorts[] = {"value", "a",    "b",     "list", "map",      "key",
                                       "pair",  "tail", "point", "by",   "x",        "graph",
                                       "array", "body", "*",     "a-*",  "value-*",  "other",
                                       "free",  "",     "/",     "\xff", "continue", "elsewhere"};
constexpr std::string_view kTasks[] = {
    "any.same", "any.swap", "any.pair",  "any.head",  "any.wrap", "any.get", "any.join", "any.add",
    "any.move", "any.run",  "any.bytes", "any.array", "any.sane", "same",    ".",        "any."};
constexpr std::string_view kConstants[] = {"1",
                                           "2.5",
                                           "true",
                                           "null",
                                           R"("text")",
                                           "[]",
                                           "{}",
                                           "[1, 2.0]",
                                           "[[1], [[]]]",
                                           R"([1, "a", null, {"x": [1]}])",
                                           "{",
                                           "NaN",
                                           R"({"x": 1})",
                                           R"({"x": 1.5, "label": null})",
                                           R"({"left": 1, "right": ["a"]})",
                                           R"({"__tkr_bytes__": true, "bytes": "AQID"})",
                                           R"({"__tkr_complex__": [1.0, 2.0]})",
                                           R"({"nodes": [{"type": "eval"}]})"};

class GraphBuilder {
 public:
  explicit GraphBuilder(ByteReader& bytes) : bytes_(bytes) {}

  graph::Graph Build(std::size_t nesting) {
    graph::Graph graph;
    const std::size_t count = bytes_.Below(kNodesMax);
    for (std::size_t i = 0; i < count && !bytes_.is_at_end(); ++i) {
      graph::NodeKind kind = Kind(i, nesting);
      graph.nodes.push_back({std::move(kind), Inputs(i)});
    }
    if (bytes_.Chance()) graph.fixed_inputs[Port()] = Constant(nesting);
    graph.nodes.push_back({graph::OutputNode{}, Inputs(graph.nodes.size())});
    return graph;
  }

 private:
  std::string Port() { return std::string(bytes_.Pick(kPorts)); }

  // Mostly the last nodes, which are the likely ones to fit.
  graph::PortRef Reference(std::size_t index) {
    constexpr std::int32_t kStrange[] = {graph::kOutside, 0, 1000, INT32_MAX};
    const std::uint8_t choice = bytes_.Byte();
    const auto here = static_cast<std::int32_t>(index);
    if (choice < 16) return {kStrange[choice % 4], Port()};
    if (choice < 24) return {here + choice % 4, Port()};
    return {std::max(here - 1 - choice % 8, graph::kOutside), Port()};
  }

  std::vector<graph::NodeInput> Inputs(std::size_t index) {
    std::vector<graph::NodeInput> inputs;
    const std::size_t count = bytes_.Below(kInputsMax + 1);
    for (std::size_t i = 0; i < count; ++i) {
      std::string name = Port();
      inputs.push_back({std::move(name), Reference(index)});
    }
    return inputs;
  }

  graph::Value Constant(std::size_t nesting) {
    const std::uint8_t choice = bytes_.Byte();
    if (choice % 4 == 0 && nesting < kNestingMax) {
      return graph::JsonValue(graph::WriteGraphData(Build(nesting + 1)), "graph");
    }
    if (choice == 1) return graph::BytesValue("\x01\x02");
    if (choice == 2) return {.content = graph::BlobRef{}, .media_type = "", .type_name = ""};
    if (choice == 3) return {.content = std::string(bytes_.Text(64)), .media_type = ""};
    return graph::JsonValue(std::string(bytes_.Pick(kConstants)));
  }

  graph::NodeKind Kind(std::size_t index, std::size_t nesting) {
    switch (bytes_.Below(12)) {
      case 0:
        return graph::InputNode{Port()};
      case 1:
      case 2:
        return graph::ConstNode{Constant(nesting)};
      case 3:
        return graph::EvalNode{Reference(index)};
      case 4:
        return graph::MapNode{Reference(index)};
      case 5: {
        graph::PortRef body = Reference(index);
        std::string continue_port = Port();
        return graph::LoopNode{std::move(body), std::move(continue_port), Port()};
      }
      case 6: {
        graph::PortRef pred = Reference(index);
        graph::PortRef if_true = Reference(index);
        graph::PortRef if_false = Reference(index);
        return graph::IfElseNode{std::move(pred), std::move(if_true), std::move(if_false),
                                 bytes_.Chance()};
      }
      case 7:
        return bytes_.Chance() ? graph::NodeKind(graph::OutputNode{})
                               : graph::FunctionNode{std::string(bytes_.Text(255))};
      default:
        return graph::FunctionNode{std::string(bytes_.Pick(kTasks))};
    }
  }

  ByteReader& bytes_;
};

}  // namespace

void TestOneInput(std::string_view bytes) {
  ByteReader reader(bytes);
  const graph::Graph graph = GraphBuilder(reader).Build(0);
  CheckGraphAlways(graph);
  CheckGraphDataAlways(graph);
}

}  // namespace orrery::fuzz
