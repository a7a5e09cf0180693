#include <algorithm>
#include <cstdint>

#include "base/overload.h"
#include "base/status_macros.h"
#include "graph/builtins/call.h"
#include "graph/builtins/spec.h"
#include "graph/builtins/topics.h"

namespace orrery::graph::internal {
namespace {

// Python's truth value: zero, none and empty values are false.
bool IsTrue(const Datum& datum) {
  return std::visit(Overload{
                        [](None) { return false; },
                        [](bool value) { return value; },
                        [](std::int64_t value) { return value != 0; },
                        [](const BigInteger&) { return true; },
                        [](double value) { return value != 0; },
                        [](const Complex& value) { return value != 0.0; },
                        [](const std::string& value) { return !value.empty(); },
                        [](const Bytes& value) { return !value.data.empty(); },
                        [](const List& value) { return !value.empty(); },
                        [](const Object& value) { return !value.empty(); },
                    },
                    datum.variant());
}

BuiltinResult Neg(Arguments arguments) {
  ASSIGN_OR_RETURN(const Datum* a, Call("neg", arguments).Any(kA));
  return One(!IsTrue(*a));
}

BuiltinResult And(Arguments arguments) {
  const Call call("trk_and", arguments);
  ASSIGN_OR_RETURN(const Datum* a, call.Any(kA));
  ASSIGN_OR_RETURN(const Datum* b, call.Any(kB));
  return One(IsTrue(*a) ? *b : *a);
}

BuiltinResult Or(Arguments arguments) {
  const Call call("trk_or", arguments);
  ASSIGN_OR_RETURN(const Datum* a, call.Any(kA));
  ASSIGN_OR_RETURN(const Datum* b, call.Any(kB));
  return One(IsTrue(*a) ? *a : *b);
}

BuiltinResult All(Arguments arguments) {
  ASSIGN_OR_RETURN(const List* values, Call("tkr_all", arguments).ListAt(kValues));
  return One(std::ranges::all_of(*values, IsTrue));
}

BuiltinResult AnyOf(Arguments arguments) {
  ASSIGN_OR_RETURN(const List* values, Call("tkr_any", arguments).ListAt(kValues));
  return One(std::ranges::any_of(*values, IsTrue));
}

}  // namespace

std::vector<Builtin> LogicBuiltins() {
  const Type t = VariableType("T");
  const Type u = VariableType("U");
  const Type v = VariableType("V");
  const auto boolean = Result(BoolType());
  const auto operand = Result(UnionOf({u, v}));
  return {
      Function("neg", {Input("a", t)}, boolean, Neg, "Whether a is false, zero, empty or none"),
      Function("trk_and", {Input("a", u), Input("b", v)}, operand, And, "a if a is false, else b"),
      Function("trk_or", {Input("a", u), Input("b", v)}, operand, Or, "a if a is true, else b"),
      Function("tkr_all", {Input("values", ListOf(t))}, boolean, All,
               "Whether every element is true"),
      Function("tkr_any", {Input("values", ListOf(t))}, boolean, AnyOf,
               "Whether an element is true"),
  };
}

}  // namespace orrery::graph::internal
