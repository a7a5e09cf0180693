#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include "absl/numeric/bits.h"
#include "absl/status/status.h"
#include "base/status_macros.h"
#include "graph/builtins/call.h"
#include "graph/builtins/ordering.h"
#include "graph/builtins/python/error.h"
#include "graph/builtins/spec.h"
#include "graph/builtins/topics.h"
#include "graph/builtins/work.h"
#include <fmt/format.h>

namespace orrery::graph::internal {
namespace {

constexpr Port kV{0, "v"};
constexpr Port kFirst{0, "first"};
constexpr Port kSecond{1, "second"};
constexpr Port kCount{1, "n"};

// Nanoseconds of one element that is made, and of two that are compared.
constexpr std::uint64_t kElementWork = 50;
constexpr std::uint64_t kComparisonWork = 11;
// More than any limit.
constexpr std::uint64_t kEndlessWork = std::uint64_t{1} << 62;

BuiltinResult Append(Arguments arguments) {
  const Call call("append", arguments);
  ASSIGN_OR_RETURN(const List* list, call.ListAt(kV));
  ASSIGN_OR_RETURN(const Datum* element, call.Any({1, "a"}));
  List result;
  result.reserve(list->size() + 1);
  result = *list;
  result.push_back(*element);
  return One(std::move(result));
}

BuiltinResult Head(Arguments arguments) {
  ASSIGN_OR_RETURN(const List* list, Call("head", arguments).ListAt(kV));
  if (list->empty()) return PythonError("IndexError", "list index out of range");
  return Two(list->front(), List(list->begin() + 1, list->end()));
}

BuiltinResult Length(Arguments arguments) {
  ASSIGN_OR_RETURN(const List* list, Call("tkr_len", arguments).ListAt(kV));
  return One(list->size());
}

BuiltinResult Reversed(Arguments arguments) {
  ASSIGN_OR_RETURN(const List* list, Call("tkr_reversed", arguments).ListAt(kValues));
  return One(List(list->rbegin(), list->rend()));
}

BuiltinResult Joined(std::string_view task, Arguments arguments) {
  const Call call(task, arguments);
  ASSIGN_OR_RETURN(const List* first, call.ListAt(kFirst));
  ASSIGN_OR_RETURN(const List* second, call.ListAt(kSecond));
  List result;
  result.reserve(first->size() + second->size());
  result.insert(result.end(), first->begin(), first->end());
  result.insert(result.end(), second->begin(), second->end());
  return One(std::move(result));
}
BuiltinResult Extend(Arguments arguments) { return Joined("tkr_extend", arguments); }
BuiltinResult ConcatLists(Arguments arguments) { return Joined("concat_lists", arguments); }

BuiltinResult Flatten(Arguments arguments) {
  const Call call("flatten", arguments);
  ASSIGN_OR_RETURN(const List* lists, call.ListAt(kValues));
  List result;
  for (std::size_t i = 0; i < lists->size(); ++i) {
    const auto* inner = (*lists)[i].As<List>();
    if (inner == nullptr) return call.ElementMismatch(kValues, i, (*lists)[i], "a list");
    result.insert(result.end(), inner->begin(), inner->end());
  }
  return One(std::move(result));
}

// Returns the position of Python's slices [:n] and [n:]: a negative n counts from the end.
absl::StatusOr<std::ptrdiff_t> CutAt(const Call& call, const List& list) {
  ASSIGN_OR_RETURN(const Integer count, call.IntegerAt(kCount));
  const Integer size = list.size();
  const Integer from_start = count < 0 ? Integer(count + size) : count;
  if (from_start < 0) return 0;
  return static_cast<std::ptrdiff_t>(from_start > size ? size : from_start);
}

BuiltinResult Take(Arguments arguments) {
  const Call call("take", arguments);
  ASSIGN_OR_RETURN(const List* list, call.ListAt(kValues));
  ASSIGN_OR_RETURN(const std::ptrdiff_t cut, CutAt(call, *list));
  return One(List(list->begin(), list->begin() + cut));
}

BuiltinResult Drop(Arguments arguments) {
  const Call call("drop", arguments);
  ASSIGN_OR_RETURN(const List* list, call.ListAt(kValues));
  ASSIGN_OR_RETURN(const std::ptrdiff_t cut, CutAt(call, *list));
  return One(List(list->begin() + cut, list->end()));
}

// Returns the number of integers from start before stop.
Integer RangeCount(const Integer& start, const Integer& stop, const Integer& step) {
  const Integer distance = step > 0 ? Integer(stop - start) : Integer(start - stop);
  if (distance <= 0) return 0;
  const Integer stride = boost::multiprecision::abs(step);
  return (distance + stride - 1) / stride;
}

// The work of one element, whose digits cost more the more there are.
std::uint64_t ElementWork(const Integer& first, const Integer& last) {
  const std::size_t bits = std::max(BitLength(first), BitLength(last));
  const std::size_t digits = bits * 3 / 10 + 1;
  return kElementWork + EncodeWork(digits) + (bits < 64 ? 0 : IntegerWork(digits));
}

std::uint64_t WorkOfRange(Arguments arguments) {
  const Call call("tkr_range", arguments);
  const absl::StatusOr<Integer> start = call.IntegerAt({0, "start"});
  const absl::StatusOr<Integer> stop = call.IntegerAt({1, "stop"});
  const absl::StatusOr<Integer> step =
      call.Find(2) == nullptr ? absl::StatusOr<Integer>(1) : call.IntegerAt({2, "step"});
  if (!start.ok() || !stop.ok() || !step.ok() || step->is_zero()) return 0;
  const Integer work = RangeCount(*start, *stop, *step) * ElementWork(*start, *stop);
  return static_cast<std::uint64_t>(work < kEndlessWork ? work : Integer(kEndlessWork));
}

// Comparisons, each of numbers as long as the average.
std::uint64_t WorkOfSort(Arguments arguments) {
  const List* list =
      arguments.empty() || arguments[0] == nullptr ? nullptr : arguments[0]->As<List>();
  if (list == nullptr) return 0;
  const std::uint64_t comparisons = list->size() * absl::bit_width(list->size());
  return comparisons * kComparisonWork + NumbersWork(*arguments[0]) * absl::bit_width(list->size());
}

BuiltinResult Range(Arguments arguments) {
  constexpr Port kStep{2, "step"};
  const Call call("tkr_range", arguments);
  ASSIGN_OR_RETURN(Integer number, call.IntegerAt({0, "start"}));
  ASSIGN_OR_RETURN(const Integer stop, call.IntegerAt({1, "stop"}));
  Integer step = 1;
  if (call.Find(kStep.index) != nullptr) {
    ASSIGN_OR_RETURN(step, call.IntegerAt(kStep));
  }
  if (step.is_zero()) return PythonError("ValueError", "range() arg 3 must not be zero");
  const Integer count = RangeCount(number, stop, step);
  if (count.is_zero()) return One(List());
  RETURN_IF_ERROR(CheckWork("builtins.tkr_range", WorkOfRange(arguments)));
  List list;
  list.reserve(static_cast<std::size_t>(count));
  for (auto left = static_cast<std::size_t>(count); left > 0; --left) {
    ASSIGN_OR_RETURN(Datum datum, IntegerDatum(number));
    list.push_back(std::move(datum));
    number += step;
  }
  return One(std::move(list));
}

bool IsNaN(const Datum& datum) {
  const auto* number = datum.As<double>();
  return number != nullptr && *number != *number;
}

// Sorts NaN to the end: Python leaves a list with NaN partly sorted.
BuiltinResult SortNumbers(Arguments arguments) {
  const Call call("sort_number_list", arguments);
  ASSIGN_OR_RETURN(const List* values, call.ListAt(kValues));
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (IsReal((*values)[i])) continue;
    return call.ElementMismatch(kValues, i, (*values)[i], "an int or a float");
  }
  List sorted = *values;
  const auto nans = std::stable_partition(sorted.begin(), sorted.end(),
                                          [](const Datum& each) { return !IsNaN(each); });
  std::stable_sort(sorted.begin(), nans, [](const Datum& a, const Datum& b) {
    return CompareReals(a, b) == std::partial_ordering::less;
  });
  return One(std::move(sorted));
}

// The order of the UTF-8 bytes is the order of the code points.
BuiltinResult SortStrings(Arguments arguments) {
  const Call call("sort_string_list", arguments);
  ASSIGN_OR_RETURN(const List* values, call.ListAt(kValues));
  for (std::size_t i = 0; i < values->size(); ++i) {
    if ((*values)[i].Is<std::string>()) continue;
    return call.ElementMismatch(kValues, i, (*values)[i], "a str");
  }
  List sorted = *values;
  std::ranges::sort(
      sorted, {}, [](const Datum& each) -> const std::string& { return *each.As<std::string>(); });
  return One(std::move(sorted));
}

}  // namespace

std::vector<Builtin> ListBuiltins() {
  const Type t = VariableType("T");
  const Type u = VariableType("U");
  const Type v = VariableType("V");
  const Type list = ListOf(t);
  const std::vector<PortSpec> values = {Input("values", list)};
  const std::vector<PortSpec> values_and_count = {Input("values", list), Input("n", IndexType())};
  return {
      Function("append", {Input("v", list), Input("a", t)}, Result(list), Append,
               "The list v with a after it"),
      Function("head", {Input("v", list)}, {Output("head", t), Output("rest", list)}, Head,
               "The first element of v, and the others"),
      Function("tkr_len", {Input("v", list)}, Result(IntType()), Length, "How many elements v has"),
      Function("tkr_reversed", values, Result(list), Reversed, "The elements, the last one first"),
      Function("tkr_extend", {Input("first", list), Input("second", list)}, Result(list), Extend,
               "The elements of both lists"),
      Function("concat_lists", {Input("first", ListOf(u)), Input("second", ListOf(v))},
               Result(ListOf(UnionOf({u, v}))), ConcatLists, "The elements of both lists"),
      Function("flatten", {Input("values", ListOf(list))}, Result(list), Flatten,
               "The elements of all lists in a list"),
      Function("take", values_and_count, Result(list), Take,
               "The first n elements; a negative n leaves that many away at the end"),
      Function("drop", values_and_count, Result(list), Drop,
               "What follows the first n elements; a negative n keeps that many at the end"),
      WithWork(WorkOfRange,
               Function("tkr_range",
                        {Input("start", IndexType()), Input("stop", IndexType()),
                         OptionalInput("step", IndexType(), "1")},
                        Result(ListOf(IntType())), Range, "The numbers from start before stop")),
      WithWork(WorkOfSort, Function("sort_number_list", {Input("values", ListOf(RealType()))},
                                    Result(ListOf(IntOrFloatType())), SortNumbers,
                                    "The numbers in ascending order; equal ones keep their order")),
      WithWork(WorkOfSort, Function("sort_string_list", {Input("values", ListOf(StrType()))},
                                    Result(ListOf(StrType())), SortStrings,
                                    "The strings in the order of their code points")),
  };
}

}  // namespace orrery::graph::internal
