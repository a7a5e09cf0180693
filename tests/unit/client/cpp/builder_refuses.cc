// Mistakes that must not compile: with MISTAKES defined, each line marked `refused` is an error.
// The text after the mark is a regular expression for the error; builder_refuses.cmake compiles
// this file and checks it.
#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/client/cpp/builder_tasks.h"
#include "tests/unit/client/cpp/families.h"

namespace orrery::client {

void BuildGraph() {
  GraphBuilder g("demo");
  const auto line = g.Add(demo::Linspace{.start = 0.0, .stop = 10.0});
  const auto division = g.Add(demo::Divide{.a = 7, .b = 2});
  const auto words = g.Input<std::vector<std::string>>("words");
  g.Output("a", g.Add(demo::Reshape{.a = line, .shape = std::vector<std::int64_t>{5, 10}}));
  g.Output("q", division.quotient);
  g.Output("w", words);

#ifdef MISTAKES
  // No such input, no such output.
  g.Add(demo::Linspace{.start = 0.0, .stop = 10.0, .count = 3});  // refused: count
  g.Output("p", division.product);                                // refused: product
  // An input without a default is left out.
  g.Add(demo::Linspace{.start = 0.0});  // refused: private
  // A port or a constant of another type.
  g.Add(demo::Greet{.name = line});                      // refused: In<std::
  g.Add(demo::Linspace{.start = "zero", .stop = 10.0});  // refused: In<double>
  g.Add(demo::Divide{.a = 7.5, .b = 2});                 // refused: double.*In<
  g.Add(demo::Reshape{.a = line, .shape = words});       // refused: Port<std::vector
  // An opaque type has no constants.
  g.Add(demo::Reshape{.a = std::vector<double>{1.0}, .shape = 5});  // refused: numpy.ndarray
#endif
}

using demo::Line;

void RunGraphs(const demo::Sum& sum, const demo::Count& count) {
  GraphBuilder g("demo");
  const auto text = g.Input<std::string>("text");
  const auto pred = g.Input<bool>("pred");
  const auto elements = g.Unfold(g.Const(std::vector<std::int64_t>{1, 2}));
  const auto words = g.Unfold(g.Const(std::vector<std::string>{"a"}));
  g.Eval(sum, {.x = 1, .intercept = 2});
  g.Map(sum, {.x = elements, .intercept = 2});
  g.Loop(count, {.count = 10, .step = 1});
  const Port<std::int64_t> one_or_two = g.IfElse(pred, 1, 2);
  const auto partial = g.Partial<demo::OnlyX<Port>>(sum, {.intercept = 2});

#ifdef MISTAKES
  // No such input, a missing one, one of another type.
  g.Eval(sum, Line<In>{.x = 1, .slope = 2});          // refused: slope
  g.Eval(sum, {.x = 1});                              // refused: private
  g.Eval(sum, Line<In>{.x = 1, .intercept = text});   // refused: Port<std::.*In<
  g.Eval(partial, Line<In>{.x = 1, .intercept = 2});  // refused: no matching.*Eval
  // No graph at all.
  g.Eval(text, {.x = 1});  // refused: no matching.*Eval
  // Elements where a value is wanted, and the other way.
  g.Eval(sum, Line<In>{.x = elements, .intercept = 2});  // refused: Each<
  g.Add(demo::Divide{.a = elements, .b = 2});            // refused: Each<
  g.Fold(one_or_two);                                    // refused: no matching.*Fold
  g.Unfold(one_or_two);                                  // refused: no matching.*Unfold
  g.Output("elements", elements);                        // refused: no matching.*Output
  g.Map(sum, Line<EachIn>{.x = words, .intercept = 2});  // refused: Each<.*EachIn<
  // A body that cannot be repeated: it never says whether to continue.
  g.Loop(sum, {.x = 1, .intercept = 2});  // refused: no matching.*Loop
  // An output of a loop that it does not have.
  g.Output("step", g.Loop(count, {.count = 10, .step = 1}).step);  // refused: step
  // Branches of two types; a condition that is not a bool.
  g.IfElse(pred, 1, text);       // refused: no matching.*IfElse
  g.EagerIfElse(pred, 1, text);  // refused: no matching.*EagerIfElse
  g.IfElse(text, 1, 2);          // refused: no matching.*IfElse
  // The remaining input does not exist in the graph.
  g.Partial<demo::Countdown<Port>>(sum, {.intercept = 2});  // refused: no matching.*Partial
  // A graph of other ports.
  const Port<demo::Count> other = partial;  // refused: conversion.*OnlyX.*Countdown
  // A builtin's port, and its type.
  g.Add(builtins::IAdd{.a = 1, .c = 2});     // refused: .c.
  g.Add(builtins::IAdd{.a = 1, .b = 2.5});   // refused: double.*In<
  g.Add(builtins::Head<double>{.v = text});  // refused: Port<std::
#endif
}

}  // namespace orrery::client
