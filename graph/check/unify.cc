#include "graph/check/unify.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <utility>

#include "graph/check/type_join.h"

namespace orrery::graph {
namespace {

std::span<const Type> AlternativesOf(const Type& type) {
  if (type.kind == TypeKind::kUnion) return type.arguments;
  return {&type, 1};
}

Type JoinAll(std::span<const Type> types) {
  if (types.empty()) return {};
  Type joined = types[0];
  for (const Type& type : types.subspan(1)) joined = Join(joined, type);
  return joined;
}

// Collects the types that the variables of a pattern have in an actual type.
class Matcher {
 public:
  void Match(const Type& pattern, const Type& actual) {
    if (actual.kind == TypeKind::kUnknown || !HasVariables(pattern)) return;
    if (pattern.kind == TypeKind::kVariable) {
      Meet(pattern.name, actual);
    } else if (pattern.kind == TypeKind::kUnion) {
      for (const Type& each : AlternativesOf(actual)) MatchAlternative(pattern, each);
    } else if (actual.kind == TypeKind::kUnion) {
      for (const Type& each : actual.arguments) Match(pattern, each);
    } else {
      MatchContainer(pattern, actual);
    }
  }

  std::map<std::string, Type>& met() { return met_; }

 private:
  void Meet(const std::string& variable, const Type& actual) {
    const auto [it, is_new] = met_.try_emplace(variable, actual);
    if (!is_new) it->second = Join(it->second, actual);
  }

  // Matches the most specific alternative: one without variables that accepts the type, else a
  // container of its kind, else the bare variable.
  void MatchAlternative(const Type& pattern, const Type& actual) {
    const Type* meant = nullptr;
    for (const Type& each : pattern.arguments) {
      if (!HasVariables(each)) {
        if (IsSubtype(actual, each)) return;
      } else if (each.kind == actual.kind || (each.kind == TypeKind::kVariable && !meant)) {
        meant = &each;
      }
    }
    if (meant != nullptr) Match(*meant, actual);
  }

  void MatchContainer(const Type& pattern, const Type& actual) {
    switch (pattern.kind) {
      case TypeKind::kList:
        if (actual.kind == TypeKind::kList) return Match(ElementOf(pattern), ElementOf(actual));
        if (actual.kind == TypeKind::kTuple) Match(ElementOf(pattern), JoinAll(actual.arguments));
        return;
      case TypeKind::kMap:
        if (actual.kind == TypeKind::kMap) return Match(ElementOf(pattern), ElementOf(actual));
        if (actual.kind == TypeKind::kStruct) Match(ElementOf(pattern), JoinAll(actual.arguments));
        return;
      case TypeKind::kTuple:
        return MatchTuple(pattern, actual);
      case TypeKind::kStruct:
        return MatchStruct(pattern, actual);
      default:
        return;
    }
  }

  void MatchTuple(const Type& pattern, const Type& actual) {
    if (actual.kind == TypeKind::kList) {
      for (const Type& each : pattern.arguments) Match(each, ElementOf(actual));
    } else if (actual.kind == TypeKind::kTuple) {
      const std::size_t count = std::min(pattern.arguments.size(), actual.arguments.size());
      for (std::size_t i = 0; i < count; ++i) Match(pattern.arguments[i], actual.arguments[i]);
    }
  }

  void MatchStruct(const Type& pattern, const Type& actual) {
    if (actual.kind != TypeKind::kStruct) return;
    for (std::size_t i = 0; i < pattern.arguments.size(); ++i) {
      const auto it = std::ranges::find(actual.field_names, pattern.field_names[i]);
      const auto index = static_cast<std::size_t>(it - actual.field_names.begin());
      if (index < actual.arguments.size()) Match(pattern.arguments[i], actual.arguments[index]);
    }
  }

  std::map<std::string, Type> met_;
};

// Returns true if one variable may stand for both types, because they may have a common value.
bool AreRelated(const Type& a, const Type& b) {
  const auto is_record = [](const Type& type) {
    return type.kind == TypeKind::kStruct || type.kind == TypeKind::kMap;
  };
  for (const Type& x : AlternativesOf(a)) {
    for (const Type& y : AlternativesOf(b)) {
      if (IsReadableAsJson(x, y) || IsReadableAsJson(y, x)) return true;
      // JSON objects may have any fields.
      if (is_record(x) && is_record(y)) return true;
    }
  }
  return false;
}

}  // namespace

std::optional<Conflict> Bindings::Unify(std::string_view port, const Type& pattern,
                                        const Type& actual) {
  Matcher matcher;
  matcher.Match(pattern, actual);
  std::optional<Conflict> conflict;
  for (auto& [variable, type] : matcher.met()) {
    const auto bound = std::ranges::find(bindings_, variable, &Binding::variable);
    if (bound == bindings_.end()) {
      bindings_.push_back({variable, std::move(type), port});
    } else if (AreRelated(bound->type, type)) {
      bound->type = Join(bound->type, type);
    } else if (!conflict.has_value()) {
      conflict = Conflict{variable, bound->port, bound->type, std::move(type)};
    }
  }
  return conflict;
}

const Type* Bindings::Find(std::string_view variable) const {
  const auto it = std::ranges::find(bindings_, variable, &Binding::variable);
  return it == bindings_.end() ? nullptr : &it->type;
}

Type Bindings::Apply(const Type& pattern) const {
  if (pattern.kind == TypeKind::kVariable) {
    const Type* bound = Find(pattern.name);
    return bound == nullptr ? pattern : *bound;
  }
  if (!HasVariables(pattern)) return pattern;
  Type applied{.kind = pattern.kind, .name = pattern.name, .field_names = pattern.field_names};
  for (const Type& argument : pattern.arguments) applied.arguments.push_back(Apply(argument));
  return pattern.kind == TypeKind::kUnion ? UnionOf(std::move(applied.arguments)) : applied;
}

Type Bindings::Resolve(const Type& pattern) const {
  Type resolved = Apply(pattern);
  if (!HasVariables(resolved)) return Bounded(std::move(resolved));
  const auto forget = [](const auto& self, Type& type) -> void {
    if (type.kind == TypeKind::kVariable) type = Type();
    for (Type& argument : type.arguments) self(self, argument);
  };
  forget(forget, resolved);
  return Bounded(std::move(resolved));
}

bool HasVariables(const Type& type) {
  return type.kind == TypeKind::kVariable || std::ranges::any_of(type.arguments, HasVariables);
}

}  // namespace orrery::graph
