#include <utility>

#include "graph/builtins/spec.h"
#include "graph/builtins/topics.h"

namespace orrery::graph::internal {
namespace {

// A builtin that the engine runs itself, because it needs more than arguments.
Builtin Special(BuiltinKind kind, TaskSpec spec) {
  spec.version = "1";
  return {.spec = std::move(spec), .kind = kind};
}

// ListFold has a JSON form for elements of any format.
PortSpec AnyFormat(PortSpec port) {
  port.formats.clear();
  return port;
}

}  // namespace

std::vector<Builtin> SpecialBuiltins() {
  const Type t = VariableType("T");
  return {
      Special(BuiltinKind::kFold, {.name = "fold_values",
                                   .inputs = {AnyFormat(Input("values_glob", t))},
                                   .outputs = Result(ListOf(t)),
                                   .is_cacheable = true,
                                   .description = "The list of a map's elements"}),
      Special(BuiltinKind::kUnfold, {.name = "unfold_values",
                                     .inputs = {Input("value", ListOf(t))},
                                     .outputs = {Output("*", t)},
                                     .is_cacheable = true,
                                     .description = "The elements of a list, to be mapped"}),
      Special(BuiltinKind::kRandomInteger,
              {.name = "rand_int",
               .inputs = {Input("a", IndexType()), Input("b", IndexType())},
               .outputs = Result(IntType()),
               .description = "A random int from a to b, both possible"}),
      Special(BuiltinKind::kSleep, {.name = "tkr_sleep",
                                    .inputs = {Input("delay_seconds", RealType())},
                                    .outputs = Result(BoolType()),
                                    .description = "True, after that many seconds"}),
  };
}

}  // namespace orrery::graph::internal
