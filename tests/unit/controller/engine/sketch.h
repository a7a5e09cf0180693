// Graphs as a test writes them, one line a node, and the worker who runs them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "graph/canonical.h"
#include "graph/graph.h"
#include "graph/graph_data.h"
#include "graph/task.h"

namespace orrery::engine {

class Sketch {
 public:
  using Inputs = std::vector<graph::NodeInput>;

  graph::PortRef Input(std::string name) {
    return {Add({graph::InputNode{name}, {}}), std::move(name)};
  }
  graph::PortRef Const(graph::Value value) {
    return {Add({graph::ConstNode{std::move(value)}, {}}), "value"};
  }
  graph::PortRef Const(std::string json) { return Const(graph::JsonValue(std::move(json))); }
  graph::PortRef Const(const graph::Graph& nested) {
    return Const(graph::JsonValue(graph::WriteGraphData(nested), "graph"));
  }
  graph::PortRef Task(std::string function_name, Inputs inputs = {}, std::string port = "value") {
    return {Add({graph::FunctionNode{std::move(function_name)}, std::move(inputs)}),
            std::move(port)};
  }
  graph::PortRef Eval(graph::PortRef body, Inputs inputs = {}, std::string port = "value") {
    return {Add({graph::EvalNode{std::move(body)}, std::move(inputs)}), std::move(port)};
  }
  std::int32_t Add(graph::Node node) {
    graph_.nodes.push_back(std::move(node));
    return static_cast<std::int32_t>(graph_.nodes.size()) - 1;
  }
  // Ends the sketch: its output node comes last.
  graph::Graph Returning(Inputs outputs) {
    Add({graph::OutputNode{}, std::move(outputs)});
    return std::move(graph_);
  }
  graph::Graph Returning(graph::PortRef value) { return Returning({{"value", std::move(value)}}); }

 private:
  graph::Graph graph_;
};

// The graph a graph instance is made from.
inline graph::PortRef OwnGraph() { return {graph::kOutside, std::string(graph::kBodyPort)}; }

inline graph::ValuePtr Json(std::string json) {
  return std::make_shared<const graph::Value>(graph::JsonValue(std::move(json)));
}

// A value too large to sit inline.
inline graph::Value BlobOf(const std::string& bytes) {
  return {graph::BlobRef{Sha256(bytes), bytes.size()}, std::string(graph::kMediaTypeJson), "graph"};
}

// One task, whose value is the output: node 0 is the task, node 1 the output.
inline graph::Graph OneTask(std::string function_name = "ada.add") {
  Sketch sketch;
  graph::PortRef value = sketch.Task(std::move(function_name));
  return sketch.Returning(std::move(value));
}

// One task after the other: node i is task i, the last node is the output.
inline graph::Graph Chain(std::size_t length, const std::string& function_name = "ada.add") {
  Sketch sketch;
  graph::PortRef last = sketch.Task(function_name);
  for (std::size_t i = 1; i < length; ++i) last = sketch.Task(function_name, {{"a", last}});
  return sketch.Returning(std::move(last));
}

// Tasks side by side: node i is task i, the last node is the output.
inline graph::Graph Fan(std::size_t width, const std::string& function_name = "ada.add") {
  Sketch sketch;
  Sketch::Inputs outputs;
  for (std::size_t i = 0; i < width; ++i) {
    outputs.push_back({"v" + std::to_string(i), sketch.Task(function_name)});
  }
  return sketch.Returning(std::move(outputs));
}

// A worker "ada" with the tasks add, times and send, which takes effect at most once: inputs a, b
// and c, outputs value and rest.
inline std::shared_ptr<const graph::Catalog> AdaCatalog() {
  auto catalog = std::make_shared<graph::Catalog>();
  catalog->worker = "ada";
  for (const std::string name : {"add", "times", "send"}) {
    graph::TaskSpec task;
    task.name = name;
    task.is_effect_once = name == "send";
    for (const std::string port : {"a", "b", "c"}) {
      task.inputs.push_back({.name = port,
                             .type = {},
                             .is_required = false,
                             .default_value = {},
                             .formats = {std::string(graph::kMediaTypeJson)}});
    }
    for (const std::string port : {"value", "rest"}) {
      task.outputs.push_back({.name = port,
                              .type = {},
                              .default_value = {},
                              .formats = {std::string(graph::kMediaTypeJson)}});
    }
    catalog->tasks.push_back(std::move(task));
  }
  return catalog;
}

}  // namespace orrery::engine
