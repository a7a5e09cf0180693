#include "graph/datum_type.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/overload.h"
#include "graph/limits.h"

namespace orrery::graph {
namespace {

Type TypeOfList(const List& list) {
  std::vector<Type> types;
  for (const Datum& element : list) {
    Type type = TypeOfDatum(element);
    if (std::ranges::find(types, type) != types.end()) continue;
    if (types.size() == kLimits.union_alternatives.max) return ListOf({});
    types.push_back(std::move(type));
  }
  return ListOf(UnionOf(std::move(types)));
}

Type TypeOfObject(const Object& object) {
  std::vector<std::pair<std::string, Type>> fields;
  for (const auto& [name, value] : object) fields.emplace_back(name, TypeOfDatum(value));
  return StructOf("", std::move(fields));
}

}  // namespace

Type TypeOfDatum(const Datum& datum) {
  return std::visit(Overload{
                        [](None) { return SimpleType(TypeKind::kNone); },
                        [](bool) { return SimpleType(TypeKind::kBool); },
                        [](std::int64_t) { return SimpleType(TypeKind::kInt); },
                        [](const BigInteger&) { return SimpleType(TypeKind::kInt); },
                        [](double) { return SimpleType(TypeKind::kFloat); },
                        [](const std::complex<double>&) { return SimpleType(TypeKind::kComplex); },
                        [](const std::string&) { return SimpleType(TypeKind::kStr); },
                        [](const Bytes&) { return SimpleType(TypeKind::kBytes); },
                        [](const List& list) { return TypeOfList(list); },
                        [](const Object& object) { return TypeOfObject(object); },
                    },
                    datum.variant());
}

}  // namespace orrery::graph
