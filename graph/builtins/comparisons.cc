#include <cstdint>
#include <string_view>

#include "base/status_macros.h"
#include "graph/builtins/call.h"
#include "graph/builtins/ordering.h"
#include "graph/builtins/spec.h"
#include "graph/builtins/topics.h"

namespace orrery::graph::internal {
namespace {

absl::StatusOr<const Datum*> RealAt(const Call& call, Port port) {
  ASSIGN_OR_RETURN(const Datum* datum, call.Any(port));
  if (IsReal(*datum)) return datum;
  return call.Mismatch(port, *datum, "an int or a float");
}

absl::StatusOr<std::partial_ordering> OrderOf(std::string_view task, Arguments arguments) {
  const Call call(task, arguments);
  ASSIGN_OR_RETURN(const Datum* a, RealAt(call, kA));
  ASSIGN_OR_RETURN(const Datum* b, RealAt(call, kB));
  return CompareReals(*a, *b);
}

absl::StatusOr<bool> AreEqual(std::string_view task, Arguments arguments) {
  const Call call(task, arguments);
  ASSIGN_OR_RETURN(const Datum* a, call.Any(kA));
  ASSIGN_OR_RETURN(const Datum* b, call.Any(kB));
  return PythonEquals(*a, *b);
}

BuiltinResult Greater(std::string_view task, Arguments arguments) {
  ASSIGN_OR_RETURN(const std::partial_ordering order, OrderOf(task, arguments));
  return One(order == std::partial_ordering::greater);
}

BuiltinResult Equal(std::string_view task, Arguments arguments) {
  ASSIGN_OR_RETURN(const bool are_equal, AreEqual(task, arguments));
  return One(are_equal);
}

BuiltinResult Unequal(std::string_view task, Arguments arguments) {
  ASSIGN_OR_RETURN(const bool are_equal, AreEqual(task, arguments));
  return One(!are_equal);
}

BuiltinResult Igt(Arguments arguments) { return Greater("igt", arguments); }
BuiltinResult Gt(Arguments arguments) { return Greater("gt", arguments); }
BuiltinResult Eq(Arguments arguments) { return Equal("eq", arguments); }
BuiltinResult Neq(Arguments arguments) { return Unequal("neq", arguments); }
BuiltinResult StrEq(Arguments arguments) { return Equal("str_eq", arguments); }
BuiltinResult StrNeq(Arguments arguments) { return Unequal("str_neq", arguments); }

}  // namespace

std::vector<Builtin> ComparisonBuiltins() {
  const std::vector<PortSpec> reals = {Input("a", RealType()), Input("b", RealType())};
  const std::vector<PortSpec> any = {Input("a", VariableType("U")), Input("b", VariableType("V"))};
  const std::vector<PortSpec> texts = {Input("a", StrType()), Input("b", StrType())};
  const auto boolean = Result(BoolType());
  return {
      Function("igt", reals, boolean, Igt, "Whether a is greater than b"),
      Function("gt", reals, boolean, Gt, "Whether a is greater than b"),
      Function("eq", any, boolean, Eq, "Whether a equals b; numbers by value, whatever their kind"),
      Function("neq", any, boolean, Neq, "Whether a differs from b"),
      Function("str_eq", texts, boolean, StrEq, "Whether a equals b"),
      Function("str_neq", texts, boolean, StrNeq, "Whether a differs from b"),
  };
}

}  // namespace orrery::graph::internal
