#include <algorithm>
#include <cstddef>
#include <limits>

#include "base/status_macros.h"
#include "graph/builtins/call.h"
#include "graph/builtins/python/error.h"
#include "graph/builtins/spec.h"
#include "graph/builtins/topics.h"
#include <fmt/format.h>

namespace orrery::graph::internal {
namespace {

absl::Status NotTwo(std::size_t found) {
  if (found > 2) return PythonError("ValueError", "too many values to unpack (expected 2)");
  return PythonError("ValueError",
                     fmt::format("not enough values to unpack (expected 2, got {})", found));
}

BuiltinResult Tuple(Arguments arguments) {
  const Call call("tkr_tuple", arguments);
  ASSIGN_OR_RETURN(const Datum* a, call.Any(kA));
  ASSIGN_OR_RETURN(const Datum* b, call.Any(kB));
  return One(List{*a, *b});
}

BuiltinResult Untuple(Arguments arguments) {
  ASSIGN_OR_RETURN(const List* tuple, Call("untuple", arguments).ListAt(kValue));
  if (tuple->size() != 2) return NotTwo(tuple->size());
  return Two((*tuple)[0], (*tuple)[1]);
}

BuiltinResult Zip(Arguments arguments) {
  const Call call("tkr_zip", arguments);
  ASSIGN_OR_RETURN(const List* a, call.ListAt(kA));
  ASSIGN_OR_RETURN(const List* b, call.ListAt(kB));
  List pairs;
  pairs.reserve(std::min(a->size(), b->size()));
  for (std::size_t i = 0; i < a->size() && i < b->size(); ++i) {
    pairs.push_back(List{(*a)[i], (*b)[i]});
  }
  return One(std::move(pairs));
}

// The shortest tuple determines the length, and must have two elements.
BuiltinResult Unzip(Arguments arguments) {
  const Call call("unzip", arguments);
  ASSIGN_OR_RETURN(const List* tuples, call.ListAt(kValue));
  std::size_t shortest = std::numeric_limits<std::size_t>::max();
  for (std::size_t i = 0; i < tuples->size(); ++i) {
    const auto* tuple = (*tuples)[i].As<List>();
    if (tuple == nullptr) return call.ElementMismatch(kValue, i, (*tuples)[i], "a tuple");
    shortest = std::min(shortest, tuple->size());
  }
  if (tuples->empty()) return NotTwo(0);
  if (shortest != 2) return NotTwo(shortest);
  List first;
  List second;
  first.reserve(tuples->size());
  second.reserve(tuples->size());
  for (const Datum& each : *tuples) {
    first.push_back((*each.As<List>())[0]);
    second.push_back((*each.As<List>())[1]);
  }
  return Two(std::move(first), std::move(second));
}

}  // namespace

std::vector<Builtin> TupleBuiltins() {
  const Type u = VariableType("U");
  const Type v = VariableType("V");
  const Type pair = TupleOf({u, v});
  return {
      Function("tkr_tuple", {Input("a", u), Input("b", v)}, Result(pair), Tuple,
               "The pair of a and b"),
      Function("untuple", {Input("value", pair)}, {Output("a", u), Output("b", v)}, Untuple,
               "The two parts of a pair"),
      Function("tkr_zip", {Input("a", ListOf(u)), Input("b", ListOf(v))}, Result(ListOf(pair)), Zip,
               "The pairs of elements at the same place, as many as the shorter list has"),
      Function("unzip", {Input("value", ListOf(pair))},
               {Output("a", ListOf(u)), Output("b", ListOf(v))}, Unzip,
               "The first and the second parts of a list of pairs"),
  };
}

}  // namespace orrery::graph::internal
