#include "graph/check/integer_results.h"

#include <algorithm>
#include <array>
#include <utility>

#include "graph/type.h"

namespace orrery::graph {
namespace {

// Without builtins.pow: 2 to the power of -1 is 0.5.
constexpr std::array<std::string_view, 9> kFunctions = {
    "builtins.add",      "builtins.subtract", "builtins.times",
    "builtins.tkr_abs",  "builtins.sum_list", "builtins.prod_list",
    "builtins.max_item", "builtins.min_item", "builtins.sort_number_list"};

bool IsMadeOfInts(const Type& type) {
  if (type.kind == TypeKind::kInt) return true;
  const bool is_sequence = type.kind == TypeKind::kList || type.kind == TypeKind::kTuple;
  return is_sequence && std::ranges::all_of(type.arguments, IsMadeOfInts);
}

Type WithIntegers(Type type) {
  const auto is_number = [](const Type& each) {
    return each.kind == TypeKind::kInt || each.kind == TypeKind::kFloat;
  };
  if (type.kind == TypeKind::kUnion && std::ranges::all_of(type.arguments, is_number)) {
    return SimpleType(TypeKind::kInt);
  }
  for (Type& argument : type.arguments) argument = WithIntegers(std::move(argument));
  return type;
}

}  // namespace

bool GivesIntegers(std::string_view function_name, const Ports& arguments) {
  return std::ranges::find(kFunctions, function_name) != kFunctions.end() &&
         std::ranges::all_of(arguments.flows, [](const PortFlow& argument) {
           return IsMadeOfInts(argument.flow->supply.type);
         });
}

const Ports* WithIntegers(FlowTable& flows, const Ports& outputs) {
  std::vector<PortFlow> narrowed = outputs.flows;
  for (PortFlow& port : narrowed) {
    Flow flow = *port.flow;
    flow.supply.type = WithIntegers(std::move(flow.supply.type));
    port.flow = flows.Intern(std::move(flow));
  }
  return flows.Intern(std::move(narrowed));
}

}  // namespace orrery::graph
