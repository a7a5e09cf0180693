#include "graph/type_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "graph/limits.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

constexpr std::string_view kPunctuation = "[]{},|";

constexpr std::array<std::pair<std::string_view, TypeKind>, 9> kSimpleNames = {{
    {"unknown", TypeKind::kUnknown},
    {"int", TypeKind::kInt},
    {"float", TypeKind::kFloat},
    {"bool", TypeKind::kBool},
    {"str", TypeKind::kStr},
    {"bytes", TypeKind::kBytes},
    {"complex", TypeKind::kComplex},
    {"none", TypeKind::kNone},
    {"graph", TypeKind::kGraph},
}};

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// union:  single ("|" single)*
// single: name | name "[" [union ("," union)*] "]" | [name] "{" [field ("," field)*] "}"
// field:  name ":" union
class TypeParser {
 public:
  TypeParser(std::string_view text, std::span<const std::string> variables)
      : text_(text), variables_(variables), rest_(text) {}

  absl::StatusOr<Type> Parse() {
    ASSIGN_OR_RETURN(Type type, ParseUnion());
    if (!rest_.empty()) return Refuse("one type");
    return type;
  }

 private:
  absl::StatusOr<Type> ParseUnion() {
    RETURN_IF_ERROR(CheckLimit(kLimits.type_depth, "a type", ++depth_, "nest it less"));
    std::vector<Type> alternatives;
    do {
      ASSIGN_OR_RETURN(Type alternative, ParseSingle());
      alternatives.push_back(std::move(alternative));
    } while (Take('|'));
    --depth_;
    return UnionOf(std::move(alternatives));
  }

  absl::StatusOr<Type> ParseSingle() {
    const std::string_view before = rest_;
    const std::string_view name = TakeUntil(kPunctuation);
    if (Take('{')) return ParseStruct(name);
    if (Take('[')) return ParseContainer(name, before);
    if (name.empty()) return Refuse("a type");
    if (name == "list" || name == "tuple" || name == "map") return RefuseContainer(before);
    return Named(name);
  }

  absl::StatusOr<Type> ParseStruct(std::string_view name) {
    std::vector<std::pair<std::string, Type>> fields;
    while (!Take('}')) {
      if (!fields.empty() && !Take(',')) return Refuse("\",\" or \"}\"");
      const std::string_view field = TakeUntil(":}");
      if (field.empty() || !Take(':')) return Refuse("a field, \"name: type\"");
      ASSIGN_OR_RETURN(Type type, ParseUnion());
      fields.emplace_back(field, std::move(type));
    }
    return StructOf(std::string(name), std::move(fields));
  }

  absl::StatusOr<Type> ParseContainer(std::string_view name, std::string_view before) {
    std::vector<Type> arguments;
    while (!Take(']')) {
      if (!arguments.empty() && !Take(',')) return Refuse("\",\" or \"]\"");
      ASSIGN_OR_RETURN(Type argument, ParseUnion());
      arguments.push_back(std::move(argument));
    }
    if (name == "tuple") return TupleOf(std::move(arguments));
    if (name == "list" && arguments.size() == 1) return ListOf(std::move(arguments[0]));
    if (name == "map" && arguments.size() == 2 && arguments[0] == SimpleType(TypeKind::kStr)) {
      return MapOf(std::move(arguments[1]));
    }
    return RefuseContainer(before);
  }

  absl::Status RefuseContainer(std::string_view container) {
    rest_ = container;
    return Refuse("list[T], tuple[T, ...] or map[str, T]");
  }

  Type Named(std::string_view name) const {
    const auto* const simple =
        std::ranges::find(kSimpleNames, name, &std::pair<std::string_view, TypeKind>::first);
    if (simple != kSimpleNames.end()) return SimpleType(simple->second);
    if (std::ranges::find(variables_, name) != variables_.end()) {
      return {.kind = TypeKind::kVariable, .name = std::string(name)};
    }
    return OpaqueType(std::string(name));
  }

  // Returns the text without the spaces around it.
  std::string_view TakeUntil(std::string_view ends) {
    const std::size_t size = std::min(rest_.find_first_of(ends), rest_.size());
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return Trimmed(taken);
  }

  bool Take(char punctuation) {
    const std::string_view rest = Trimmed(rest_);
    if (!rest.starts_with(punctuation)) return false;
    rest_ = Trimmed(rest.substr(1));
    return true;
  }

  absl::Status Refuse(std::string_view expected) const {
    return absl::InvalidArgumentError(
        fmt::format("the type {}: expected {} at {}", Quoted(text_), expected, Quoted(rest_)));
  }

  const std::string_view text_;
  const std::span<const std::string> variables_;
  std::string_view rest_;
  std::size_t depth_ = 0;
};

}  // namespace

absl::StatusOr<Type> ParseType(std::string_view text, std::span<const std::string> variables) {
  return TypeParser(text, variables).Parse();
}

}  // namespace orrery::graph
