#include "graph/type.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_join.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

std::string Join(const std::vector<Type>& types, std::string_view separator) {
  return absl::StrJoin(types, std::string(separator),
                       [](std::string* text, const Type& type) { text->append(type.ToString()); });
}

std::string StructToString(const Type& type) {
  std::string text = type.name + "{";
  for (std::size_t i = 0; i < type.arguments.size(); ++i) {
    if (i > 0) text += ", ";
    if (i < type.field_names.size()) text += type.field_names[i] + ": ";
    text += type.arguments[i].ToString();
  }
  return text + "}";
}

enum class Strictness {
  kCertain,     // Unknown types do not fit.
  kBestGuess,   // Unknown types fit.
  kBetweenJson  // Same as kBestGuess; an opaque type fits every type that is not opaque.
};

class Assignability {
 public:
  explicit Assignability(Strictness strictness) : strictness_(strictness) {}

  bool Holds(const Type& from, const Type& to) const {
    if (to.kind == TypeKind::kUnknown) return true;
    if (IsOpen(from) || IsOpen(to)) return strictness_ != Strictness::kCertain || from == to;
    if (from.kind == TypeKind::kUnion) {
      return std::ranges::all_of(from.arguments, [&](const Type& each) { return Holds(each, to); });
    }
    if (to.kind == TypeKind::kUnion) {
      return std::ranges::any_of(to.arguments, [&](const Type& each) { return Holds(from, each); });
    }
    if (from.kind == TypeKind::kOpaque && to.kind == TypeKind::kOpaque) return from.name == to.name;
    if (from.kind == TypeKind::kOpaque || to.kind == TypeKind::kOpaque) {
      return strictness_ == Strictness::kBetweenJson;
    }
    return HoldsByKind(from, to);
  }

 private:
  static bool IsOpen(const Type& type) {
    return type.kind == TypeKind::kUnknown || type.kind == TypeKind::kVariable;
  }

  bool HoldsByKind(const Type& from, const Type& to) const {
    const auto fits = [this](const Type& target) {
      return [this, &target](const Type& each) { return Holds(each, target); };
    };
    switch (to.kind) {
      case TypeKind::kFloat:
        return from.kind == TypeKind::kFloat || from.kind == TypeKind::kInt;
      case TypeKind::kComplex:
        return from.kind == TypeKind::kComplex || from.kind == TypeKind::kFloat ||
               from.kind == TypeKind::kInt;
      case TypeKind::kList:
        if (from.kind == TypeKind::kList) return Holds(ElementOf(from), ElementOf(to));
        return from.kind == TypeKind::kTuple &&
               std::ranges::all_of(from.arguments, fits(ElementOf(to)));
      case TypeKind::kTuple:
        return TupleHolds(from, to);
      case TypeKind::kMap:
        if (from.kind == TypeKind::kMap) return Holds(ElementOf(from), ElementOf(to));
        return from.kind == TypeKind::kStruct &&
               std::ranges::all_of(from.arguments, fits(ElementOf(to)));
      case TypeKind::kStruct:
        return from.kind == TypeKind::kStruct && StructHolds(from, to);
      default:
        return from.kind == to.kind;
    }
  }

  bool TupleHolds(const Type& from, const Type& to) const {
    if (from.kind == TypeKind::kList && strictness_ != Strictness::kCertain) {
      return std::ranges::all_of(to.arguments,
                                 [&](const Type& each) { return Holds(ElementOf(from), each); });
    }
    return from.kind == TypeKind::kTuple &&
           std::ranges::equal(from.arguments, to.arguments,
                              [this](const Type& a, const Type& b) { return Holds(a, b); });
  }

  // Compares field names; ignores the names of the structs. A field that may be none may be
  // missing; a field that `to` does not have is a mismatch.
  bool StructHolds(const Type& from, const Type& to) const {
    for (const std::string& name : from.field_names) {
      if (FindField(to, name) == nullptr) return false;
    }
    for (std::size_t i = 0; i < std::min(to.field_names.size(), to.arguments.size()); ++i) {
      const Type* field = FindField(from, to.field_names[i]);
      if (field == nullptr && !Holds(SimpleType(TypeKind::kNone), to.arguments[i])) return false;
      if (field != nullptr && !Holds(*field, to.arguments[i])) return false;
    }
    return true;
  }

  const Strictness strictness_;
};

}  // namespace

std::string Type::ToString() const {
  switch (kind) {
    case TypeKind::kUnknown:
      return "unknown";
    case TypeKind::kInt:
      return "int";
    case TypeKind::kFloat:
      return "float";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kStr:
      return "str";
    case TypeKind::kBytes:
      return "bytes";
    case TypeKind::kComplex:
      return "complex";
    case TypeKind::kNone:
      return "none";
    case TypeKind::kList:
      return fmt::format("list[{}]", ElementOf(*this).ToString());
    case TypeKind::kTuple:
      return fmt::format("tuple[{}]", Join(arguments, ", "));
    case TypeKind::kMap:
      return fmt::format("map[str, {}]", ElementOf(*this).ToString());
    case TypeKind::kStruct:
      return StructToString(*this);
    case TypeKind::kUnion:
      return Join(arguments, " | ");
    case TypeKind::kVariable:
    case TypeKind::kOpaque:
      return name;
    case TypeKind::kGraph:
      return "graph";
  }
  return "unknown";
}

Type TupleOf(std::vector<Type> elements) {
  return {.kind = TypeKind::kTuple, .arguments = std::move(elements)};
}

Type UnionOf(std::vector<Type> alternatives) {
  std::vector<Type> flat;
  absl::flat_hash_set<Type> known;
  const auto add = [&](Type type) {
    if (known.insert(type).second) flat.push_back(std::move(type));
  };
  for (Type& alternative : alternatives) {
    if (alternative.kind == TypeKind::kUnion) {
      for (Type& inner : alternative.arguments) add(std::move(inner));
    } else {
      add(std::move(alternative));
    }
  }
  if (flat.empty()) return {};
  if (flat.size() == 1) return std::move(flat[0]);
  return {.kind = TypeKind::kUnion, .arguments = std::move(flat)};
}

Type OptionalOf(Type type) { return UnionOf({std::move(type), SimpleType(TypeKind::kNone)}); }

Type StructOf(std::string name, std::vector<std::pair<std::string, Type>> fields) {
  Type type{.kind = TypeKind::kStruct, .name = std::move(name)};
  for (std::pair<std::string, Type>& field : fields) {
    type.field_names.push_back(std::move(field.first));
    type.arguments.push_back(std::move(field.second));
  }
  return type;
}

const Type& ElementOf(const Type& type) {
  static const Type kUnknownType;
  return type.arguments.empty() ? kUnknownType : type.arguments[0];
}

const Type* FindField(const Type& type, std::string_view name) {
  const auto it = std::ranges::find(type.field_names, name);
  const auto index = static_cast<std::size_t>(it - type.field_names.begin());
  return index < type.arguments.size() ? &type.arguments[index] : nullptr;
}

std::size_t CountNodes(const Type& type) {
  std::size_t count = 1;
  for (const Type& argument : type.arguments) count += CountNodes(argument);
  return count;
}

bool IsAssignable(const Type& from, const Type& to) {
  return Assignability(Strictness::kBestGuess).Holds(from, to);
}

bool IsSubtype(const Type& from, const Type& to) {
  return Assignability(Strictness::kCertain).Holds(from, to);
}

bool IsReadableAsJson(const Type& from, const Type& to) {
  return Assignability(Strictness::kBetweenJson).Holds(from, to);
}

}  // namespace orrery::graph
