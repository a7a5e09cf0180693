#include "graph/check/type_join.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "graph/limits.h"

namespace orrery::graph {
namespace {

std::span<const Type> AlternativesOf(const Type& type) {
  if (type.kind == TypeKind::kUnion) return type.arguments;
  return {&type, 1};
}

// Leaves out types that are a subtype of another alternative.
void AddAlternative(const Type& added, std::vector<Type>& alternatives) {
  const auto covers_added = [&](const Type& each) { return IsSubtype(added, each); };
  if (std::ranges::any_of(alternatives, covers_added)) return;
  std::erase_if(alternatives, [&](const Type& each) { return IsSubtype(each, added); });
  alternatives.push_back(added);
}

}  // namespace

Type Join(const Type& a, const Type& b) {
  if (IsSubtype(b, a)) return Bounded(a);
  if (IsSubtype(a, b)) return Bounded(b);
  std::vector<Type> alternatives;
  for (const Type& each : AlternativesOf(a)) AddAlternative(each, alternatives);
  for (const Type& each : AlternativesOf(b)) AddAlternative(each, alternatives);
  if (alternatives.size() > kLimits.union_alternatives.max) return {};
  return Bounded(UnionOf(std::move(alternatives)));
}

Type Bounded(Type type) {
  return CountNodes(type) > kLimits.type_nodes.max ? Type() : std::move(type);
}

}  // namespace orrery::graph
