#include "graph/supply.h"

#include <algorithm>

#include "base/status_macros.h"
#include "graph/check/type_join.h"
#include "graph/constant_data.h"
#include "graph/datum.h"
#include "graph/datum_type.h"
#include "graph/type_text.h"
#include "graph/value_codec.h"

namespace orrery::graph {
namespace {

constexpr std::string_view kGraphTypeName = "graph";

absl::StatusOr<Type> TypeOfValue(const Value& value) {
  if (value.type_name == kGraphTypeName) return SimpleType(TypeKind::kGraph);
  if (value.media_type == kMediaTypeBytes) return SimpleType(TypeKind::kBytes);
  if (value.media_type == kMediaTypeJson && value.is_inline()) {
    ASSIGN_OR_RETURN(const Datum datum, DecodeValue(value));
    return IsGraphData(datum) ? SimpleType(TypeKind::kGraph) : Bounded(TypeOfDatum(datum));
  }
  if (value.type_name.empty()) return Type();
  absl::StatusOr<Type> named = ParseType(value.type_name);
  // A name that is specific to a worker has no meaning for others.
  return named.ok() ? Bounded(*std::move(named)) : Type();
}

}  // namespace

absl::StatusOr<Supply> SupplyOfValue(const Value& value) {
  Supply supply;
  ASSIGN_OR_RETURN(supply.type, TypeOfValue(value));
  if (!value.media_type.empty()) supply.formats = {value.media_type};
  return supply;
}

Supply Join(const Supply& a, const Supply& b) {
  Supply joined{Join(a.type, b.type), a.formats};
  if (a.formats.empty() || b.formats.empty()) {
    joined.formats.clear();
    return joined;
  }
  for (const std::string& format : b.formats) {
    if (std::ranges::find(a.formats, format) == a.formats.end()) joined.formats.push_back(format);
  }
  return joined;
}

}  // namespace orrery::graph
