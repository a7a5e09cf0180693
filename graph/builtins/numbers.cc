#include <cstdint>
#include <string_view>

#include "base/status_macros.h"
#include "graph/builtins/arithmetic.h"
#include "graph/builtins/call.h"
#include "graph/builtins/power.h"
#include "graph/builtins/spec.h"
#include "graph/builtins/topics.h"

namespace orrery::graph::internal {
namespace {

using BinaryOperation = absl::StatusOr<Number> (*)(const Number&, const Number&);
using UnaryOperation = absl::StatusOr<Number> (*)(const Number&);

BuiltinResult OfTwo(std::string_view task, Arguments arguments, BinaryOperation operation) {
  const Call call(task, arguments);
  ASSIGN_OR_RETURN(const Number a, call.NumberAt(kA));
  ASSIGN_OR_RETURN(const Number b, call.NumberAt(kB));
  ASSIGN_OR_RETURN(const Number result, operation(a, b));
  ASSIGN_OR_RETURN(Datum datum, NumberDatum(result));
  return One(std::move(datum));
}

BuiltinResult OfOne(std::string_view task, Port port, Arguments arguments,
                    UnaryOperation operation) {
  const Call call(task, arguments);
  ASSIGN_OR_RETURN(const Number number, call.NumberAt(port));
  ASSIGN_OR_RETURN(const Number result, operation(number));
  ASSIGN_OR_RETURN(Datum datum, NumberDatum(result));
  return One(std::move(datum));
}

// Returns both arguments as T, without a copy; nulls if one is of another type.
template <class T>
struct Pair {
  const T* a = nullptr;
  const T* b = nullptr;

  explicit Pair(Arguments arguments) {
    if (arguments.size() < 2 || arguments[0] == nullptr || arguments[1] == nullptr) return;
    a = arguments[0]->As<T>();
    b = a == nullptr ? nullptr : arguments[1]->As<T>();
  }
  explicit operator bool() const { return b != nullptr; }
};

// The three operations whose results nearly always fit int64, without an allocation. A Small
// returns true if the result overflowed.
using Small = bool (*)(std::int64_t a, std::int64_t b, std::int64_t& result);

BuiltinResult WithFastPath(std::string_view task, Arguments arguments, Small small,
                           BinaryOperation any) {
  if (const Pair<std::int64_t> pair(arguments); pair) {
    std::int64_t result = 0;
    if (!small(*pair.a, *pair.b, result)) return One(result);
  }
  return OfTwo(task, arguments, any);
}

bool SmallSum(std::int64_t a, std::int64_t b, std::int64_t& result) {
  return __builtin_add_overflow(a, b, &result);
}
bool SmallDifference(std::int64_t a, std::int64_t b, std::int64_t& result) {
  return __builtin_sub_overflow(a, b, &result);
}
bool SmallProduct(std::int64_t a, std::int64_t b, std::int64_t& result) {
  return __builtin_mul_overflow(a, b, &result);
}
// The divisors zero and minus one use the general path.
bool SmallQuotient(std::int64_t a, std::int64_t b, std::int64_t& result) {
  if (b == 0 || b == -1) return true;
  result = a / b;
  if (a % b != 0 && (a < 0) != (b < 0)) --result;
  return false;
}
bool SmallRemainder(std::int64_t a, std::int64_t b, std::int64_t& result) {
  if (b == 0 || b == -1) return true;
  result = a % b;
  if (result != 0 && (result < 0) != (b < 0)) result += b;
  return false;
}

BuiltinResult Iadd(Arguments arguments) { return WithFastPath("iadd", arguments, SmallSum, Add); }
BuiltinResult AnyAdd(Arguments arguments) { return WithFastPath("add", arguments, SmallSum, Add); }
BuiltinResult Isubtract(Arguments arguments) {
  return WithFastPath("isubtract", arguments, SmallDifference, Subtract);
}
BuiltinResult AnySubtract(Arguments arguments) {
  return WithFastPath("subtract", arguments, SmallDifference, Subtract);
}
BuiltinResult Itimes(Arguments arguments) {
  return WithFastPath("itimes", arguments, SmallProduct, Multiply);
}
BuiltinResult Times(Arguments arguments) {
  return WithFastPath("times", arguments, SmallProduct, Multiply);
}
BuiltinResult AnyDivide(Arguments arguments) { return OfTwo("divide", arguments, Divide); }
BuiltinResult Idivide(Arguments arguments) {
  return WithFastPath("idivide", arguments, SmallQuotient, FloorDivide);
}
BuiltinResult Mod(Arguments arguments) {
  return WithFastPath("mod", arguments, SmallRemainder, Modulo);
}
BuiltinResult Ipow(Arguments arguments) { return OfTwo("ipow", arguments, Power); }
BuiltinResult Pow(Arguments arguments) { return OfTwo("pow", arguments, Power); }
BuiltinResult Abs(Arguments arguments) { return OfOne("tkr_abs", kA, arguments, Absolute); }
BuiltinResult AnyRound(Arguments arguments) { return OfOne("tkr_round", kA, arguments, Round); }
BuiltinResult AnyConjugate(Arguments arguments) {
  return OfOne("conjugate", {0, "z"}, arguments, Conjugate);
}

std::vector<PortSpec> TwoInputs(const Type& type) { return {Input("a", type), Input("b", type)}; }

}  // namespace

std::vector<Builtin> NumberBuiltins() {
  const auto numbers = TwoInputs(NumberType());
  const auto reals = TwoInputs(RealType());
  const auto integer = Result(IntType());
  const auto real = Result(IntOrFloatType());
  return {
      WithWork(WorkOfNumbers, Function("iadd", numbers, integer, Iadd, "a + b")),
      WithWork(WorkOfNumbers, Function("add", numbers, real, AnyAdd, "a + b")),
      WithWork(WorkOfNumbers, Function("isubtract", numbers, integer, Isubtract, "a - b")),
      WithWork(WorkOfNumbers, Function("subtract", numbers, real, AnySubtract, "a - b")),
      WithWork(WorkOfNumbers, Function("itimes", numbers, integer, Itimes, "a * b")),
      WithWork(WorkOfNumbers, Function("times", numbers, real, Times, "a * b")),
      WithWork(WorkOfNumbers, Function("divide", numbers, Result(SimpleType(TypeKind::kFloat)),
                                       AnyDivide, "a / b")),
      WithWork(WorkOfNumbers, Function("idivide", reals, integer, Idivide,
                                       "a / b, rounded towards minus infinity")),
      WithWork(WorkOfNumbers,
               Function("mod", reals, integer, Mod, "The rest of a / b, with the sign of b")),
      WithWork(WorkOfNumbers, Function("ipow", numbers, integer, Ipow, "a to the power of b")),
      WithWork(WorkOfNumbers, Function("pow", numbers, real, Pow, "a to the power of b")),
      WithWork(WorkOfNumbers,
               Function("tkr_abs", {Input("a", NumberType())}, real, Abs, "The size of a")),
      WithWork(WorkOfNumbers,
               Function("tkr_round", {Input("a", RealType())}, integer, AnyRound,
                        "The integer nearest to a, of two equally near the even one")),
      WithWork(WorkOfNumbers, Function("conjugate", {Input("z", NumberType())},
                                       Result(SimpleType(TypeKind::kComplex)), AnyConjugate,
                                       "z with its imaginary part negated")),
  };
}

}  // namespace orrery::graph::internal
