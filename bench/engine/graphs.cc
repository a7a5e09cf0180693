#include <utility>

#include "bench/engine/engine_run.h"
#include "tests/unit/controller/engine/sketch.h"

namespace orrery::bench {
namespace {

using engine::Sketch;
using graph::PortRef;

// x -> function(x).
graph::Graph FunctionOf(const std::string& function_name, Sketch::Inputs constants = {}) {
  Sketch sketch;
  constants.push_back({"a", sketch.Input("x")});
  return sketch.Returning(sketch.Task(function_name, std::move(constants)));
}

graph::Graph Increment() {
  Sketch sketch;
  const PortRef x = sketch.Input("x");
  const PortRef one = sketch.Const("1");
  return sketch.Returning(sketch.Task("builtins.iadd", {{"a", x}, {"b", one}}));
}

graph::Graph Mapped(const graph::Graph& body, std::size_t count) {
  Sketch sketch;
  const PortRef start = sketch.Const("0");
  const PortRef stop = sketch.Const(std::to_string(count));
  const PortRef range = sketch.Task("builtins.tkr_range", {{"start", start}, {"stop", stop}});
  const PortRef each = sketch.Task("builtins.unfold_values", {{"value", range}}, "*");
  const PortRef function = sketch.Const(body);
  const std::int32_t map = sketch.Add({graph::MapNode{function}, {{"x", each}}});
  return sketch.Returning(sketch.Task("builtins.fold_values", {{"values_glob", {map, "*"}}}));
}

}  // namespace

graph::Graph MappedTasks(std::size_t count) { return Mapped(FunctionOf("ada.add"), count); }

graph::Graph MappedBuiltins(std::size_t count) { return Mapped(Increment(), count); }

graph::Graph ExplicitTasks(std::size_t count) { return engine::Fan(count); }

graph::Graph ChainedTasks(std::size_t count) { return engine::Chain(count); }

graph::Graph ChainedBuiltins(std::size_t count) {
  Sketch sketch;
  const PortRef one = sketch.Const("1");
  PortRef last = sketch.Const("0");
  for (std::size_t i = 0; i < count; ++i) {
    last = sketch.Task("builtins.iadd", {{"a", last}, {"b", one}});
  }
  return sketch.Returning(std::move(last));
}

graph::Graph ChainedEvals(std::size_t count) {
  Sketch sketch;
  const PortRef body = sketch.Const(Increment());
  PortRef last = sketch.Const("0");
  for (std::size_t i = 0; i < count; ++i) last = sketch.Eval(body, {{"x", last}});
  return sketch.Returning(std::move(last));
}

graph::Graph ChainedIfElses(std::size_t count) {
  Sketch sketch;
  const PortRef yes = sketch.Const("true");
  const PortRef other = sketch.Const("0");
  PortRef last = sketch.Const("1");
  for (std::size_t i = 0; i < count; ++i) {
    last = {sketch.Add({graph::IfElseNode{yes, last, other}, {}}), "value"};
  }
  return sketch.Returning(std::move(last));
}

graph::Graph BuiltinLoop(std::size_t count) {
  Sketch body;
  const PortRef x = body.Input("x");
  const PortRef one = body.Const("1");
  const PortRef limit = body.Const(std::to_string(count));
  const PortRef next = body.Task("builtins.iadd", {{"a", x}, {"b", one}});
  const PortRef goes_on = body.Task("builtins.igt", {{"a", limit}, {"b", next}});
  const graph::Graph step = body.Returning({{"x", next}, {"should_continue", goes_on}});
  Sketch sketch;
  const PortRef function = sketch.Const(step);
  const PortRef start = sketch.Const("0");
  const std::int32_t loop =
      sketch.Add({graph::LoopNode{.body = function, .continue_port = "should_continue", .name = ""},
                  {{"x", start}}});
  return sketch.Returning({loop, "x"});
}

}  // namespace orrery::bench
