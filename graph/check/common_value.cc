#include "graph/check/common_value.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "graph/check/edge.h"

namespace orrery::graph {
namespace {

bool IsOpen(const Type& type) {
  return type.kind == TypeKind::kUnknown || type.kind == TypeKind::kVariable;
}

bool IsNumber(const Type& type) {
  return type.kind == TypeKind::kInt || type.kind == TypeKind::kFloat ||
         type.kind == TypeKind::kComplex;
}

class CommonValue {
 public:
  explicit CommonValue(bool is_json) : is_json_(is_json) {}

  bool Exists(const Type& a, const Type& b) const {
    if (IsOpen(a) || IsOpen(b)) return true;
    if (a.kind == TypeKind::kUnion) {
      return std::ranges::any_of(a.arguments, [&](const Type& each) { return Exists(each, b); });
    }
    if (b.kind == TypeKind::kUnion) return Exists(b, a);
    if (a.kind == TypeKind::kOpaque || b.kind == TypeKind::kOpaque) {
      return is_json_ || (a.kind == b.kind && a.name == b.name);
    }
    if (IsNumber(a) && IsNumber(b)) return true;
    return ExistsByKind(a, b) || ExistsByKind(b, a);
  }

 private:
  bool ExistsByKind(const Type& a, const Type& b) const {
    const auto fits_element = [&](const Type& each) { return Exists(each, ElementOf(a)); };
    if (a.kind == TypeKind::kList && b.kind == TypeKind::kTuple) {
      return std::ranges::all_of(b.arguments, fits_element);
    }
    if (a.kind == TypeKind::kMap && b.kind == TypeKind::kStruct) {
      return std::ranges::all_of(
          b.arguments, [&](const Type& each) { return IsOptional(each) || fits_element(each); });
    }
    if (a.kind != b.kind) return false;
    if (a.kind == TypeKind::kTuple) {
      return std::ranges::equal(a.arguments, b.arguments,
                                [this](const Type& x, const Type& y) { return Exists(x, y); });
    }
    if (a.kind == TypeKind::kStruct) return HasFieldsFor(a, b) && HasFieldsFor(b, a);
    return true;
  }

  bool IsOptional(const Type& type) const { return Exists(type, SimpleType(TypeKind::kNone)); }

  // Returns true if `b` has each field that `a` requires, with a common value.
  bool HasFieldsFor(const Type& a, const Type& b) const {
    for (std::size_t i = 0; i < std::min(a.field_names.size(), a.arguments.size()); ++i) {
      if (IsOptional(a.arguments[i])) continue;
      const Type* field = FindField(b, a.field_names[i]);
      if (field == nullptr || !Exists(a.arguments[i], *field)) return false;
    }
    return true;
  }

  const bool is_json_;
};

}  // namespace

bool HaveCommonFormat(const PortSpec& a, const PortSpec& b) {
  if (a.formats.empty() || b.formats.empty()) return true;
  return std::ranges::any_of(a.formats, [&](const std::string& format) {
    return std::ranges::find(b.formats, format) != b.formats.end();
  });
}

bool HaveCommonValue(const PortSpec& a, const PortSpec& b) {
  if (!HaveCommonFormat(a, b)) return false;
  return CommonValue(MayBeJson(a.formats) && MayBeJson(b.formats)).Exists(a.type, b.type);
}

}  // namespace orrery::graph
