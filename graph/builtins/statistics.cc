#include <string_view>

#include "base/status_macros.h"
#include "graph/builtins/accumulation.h"
#include "graph/builtins/call.h"
#include "graph/builtins/ordering.h"
#include "graph/builtins/python/error.h"
#include "graph/builtins/spec.h"
#include "graph/builtins/topics.h"
#include <fmt/format.h>

namespace orrery::graph::internal {
namespace {

absl::StatusOr<const List*> RealsAt(const Call& call) {
  ASSIGN_OR_RETURN(const List* values, call.ListAt(kValues));
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (IsReal((*values)[i])) continue;
    return call.ElementMismatch(kValues, i, (*values)[i], "an int or a float");
  }
  return values;
}

absl::StatusOr<const List*> NumbersAt(const Call& call) {
  ASSIGN_OR_RETURN(const List* values, call.ListAt(kValues));
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (IsReal((*values)[i]) || (*values)[i].Is<Complex>()) continue;
    return call.ElementMismatch(kValues, i, (*values)[i], "a number");
  }
  return values;
}

BuiltinResult OneNumber(const absl::StatusOr<Number>& number) {
  RETURN_IF_ERROR(number.status());
  ASSIGN_OR_RETURN(Datum datum, NumberDatum(*number));
  return One(std::move(datum));
}

BuiltinResult Mean(Arguments arguments) {
  ASSIGN_OR_RETURN(const List* values, RealsAt(Call("mean", arguments)));
  return OneNumber(MeanOf(*values));
}

BuiltinResult Sum(Arguments arguments) {
  ASSIGN_OR_RETURN(const List* values, NumbersAt(Call("sum_list", arguments)));
  return OneNumber(SumOf(*values));
}

BuiltinResult Product(Arguments arguments) {
  ASSIGN_OR_RETURN(const List* values, NumbersAt(Call("prod_list", arguments)));
  return OneNumber(ProductOf(*values));
}

// Returns the first element that no other is `better` than.
BuiltinResult Extreme(const Call& call, std::string_view function, std::partial_ordering better) {
  ASSIGN_OR_RETURN(const List* values, RealsAt(call));
  if (values->empty()) {
    return PythonError("ValueError", fmt::format("{}() iterable argument is empty", function));
  }
  const Datum* best = &values->front();
  for (const Datum& each : *values) {
    if (CompareReals(each, *best) == better) best = &each;
  }
  return One(*best);
}

BuiltinResult Max(Arguments arguments) {
  return Extreme(Call("max_item", arguments), "max", std::partial_ordering::greater);
}

BuiltinResult Min(Arguments arguments) {
  return Extreme(Call("min_item", arguments), "min", std::partial_ordering::less);
}

}  // namespace

std::vector<Builtin> StatisticsBuiltins() {
  const std::vector<PortSpec> reals = {Input("values", ListOf(RealType()))};
  const std::vector<PortSpec> numbers = {Input("values", ListOf(NumberType()))};
  const auto real = Result(IntOrFloatType());
  return {
      WithWork(WorkOfNumbers, Function("mean", reals, Result(SimpleType(TypeKind::kFloat)), Mean,
                                       "The mean, rounded once; of ints an int if it is one")),
      WithWork(WorkOfNumbers,
               Function("sum_list", numbers, real, Sum, "The sum; 0 of an empty list")),
      WithWork(WorkOfNumbers,
               Function("prod_list", numbers, real, Product, "The product; 1 of an empty list")),
      WithWork(WorkOfNumbers, Function("max_item", reals, real, Max,
                                       "The greatest element, of equal ones the first")),
      WithWork(WorkOfNumbers, Function("min_item", reals, real, Min,
                                       "The least element, of equal ones the first")),
  };
}

}  // namespace orrery::graph::internal
