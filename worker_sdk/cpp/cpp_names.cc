#include "worker_sdk/cpp/cpp_names.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "absl/strings/ascii.h"
#include "fmt/format.h"

namespace orrery {
namespace {

using graph::Type;
using graph::TypeKind;

constexpr std::array kTaken = std::to_array<std::string_view>(
    {"Outputs",      "VisitInputs",  "VisitPorts",    "Bind",
     "alignas",      "alignof",      "and",           "and_eq",
     "asm",          "auto",         "bitand",        "bitor",
     "bool",         "break",        "case",          "catch",
     "char",         "char16_t",     "char32_t",      "char8_t",
     "class",        "co_await",     "co_return",     "co_yield",
     "compl",        "concept",      "const",         "const_cast",
     "consteval",    "constexpr",    "constinit",     "continue",
     "decltype",     "default",      "delete",        "do",
     "double",       "dynamic_cast", "else",          "enum",
     "explicit",     "export",       "extern",        "false",
     "float",        "for",          "friend",        "goto",
     "if",           "inline",       "int",           "kFunctionName",
     "long",         "mutable",      "namespace",     "new",
     "noexcept",     "not",          "not_eq",        "nullptr",
     "operator",     "or",           "or_eq",         "private",
     "protected",    "public",       "register",      "reinterpret_cast",
     "requires",     "return",       "short",         "signed",
     "sizeof",       "static",       "static_assert", "static_cast",
     "struct",       "switch",       "template",      "this",
     "thread_local", "throw",        "true",          "try",
     "typedef",      "typeid",       "typename",      "union",
     "unsigned",     "using",        "virtual",       "visit",
     "void",         "volatile",     "wchar_t",       "while",
     "xor",          "xor_eq"});

// Returns the C++ name of a simple type; empty for other types.
std::string_view SimpleName(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInt:
      return "std::int64_t";
    case TypeKind::kFloat:
      return "double";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kStr:
      return "std::string";
    case TypeKind::kBytes:
      return "orrery::graph::Bytes";
    case TypeKind::kComplex:
      return "std::complex<double>";
    case TypeKind::kNone:
      return "orrery::graph::None";
    case TypeKind::kUnknown:
    case TypeKind::kVariable:
    case TypeKind::kGraph:
      return "orrery::graph::Datum";
    case TypeKind::kList:
    case TypeKind::kTuple:
    case TypeKind::kMap:
    case TypeKind::kStruct:
    case TypeKind::kUnion:
    case TypeKind::kOpaque:
      return "";
  }
  return "";
}

}  // namespace

bool IsIdentifier(std::string_view text) {
  const auto is_letter = [](char c) { return absl::ascii_isalpha(c) || c == '_'; };
  if (text.empty() || !is_letter(text.front())) return false;
  return std::ranges::all_of(text, [&](char c) { return is_letter(c) || absl::ascii_isdigit(c); });
}

std::string CamelCase(std::string_view name) {
  std::string camel;
  bool is_start = true;
  for (const char c : name) {
    if (c == '_') {
      is_start = true;
    } else {
      camel.push_back(is_start ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                               : c);
      is_start = false;
    }
  }
  // "_2" would begin with a digit.
  const bool is_name = !camel.empty() && std::isdigit(static_cast<unsigned char>(camel[0])) == 0;
  return is_name ? camel : "Task" + camel;
}

std::string MemberName(std::string_view name) {
  const bool is_taken = std::ranges::find(kTaken, name) != kTaken.end();
  return is_taken ? std::string(name) + "_" : std::string(name);
}

std::string CppTypes::NameOf(const Type& type) {
  switch (type.kind) {
    case TypeKind::kList:
      return fmt::format("std::vector<{}>", NameOf(type.arguments.at(0)));
    case TypeKind::kMap:
      return fmt::format("std::map<std::string, {}>", NameOf(type.arguments.at(0)));
    case TypeKind::kTuple:
      return fmt::format("std::tuple<{}>", Join(type.arguments));
    case TypeKind::kUnion:
      return NameOfUnion(type);
    case TypeKind::kStruct:
      return NameOfStruct(type);
    case TypeKind::kOpaque:
      return fmt::format("orrery::Opaque<\"{}\">", type.name);
    default:
      return std::string(SimpleName(type.kind));
  }
}

std::string CppTypes::NameOfUnion(const Type& type) {
  std::vector<Type> alternatives = type.arguments;
  const auto is_none = [](const Type& each) { return each.kind == TypeKind::kNone; };
  const bool is_optional = std::erase_if(alternatives, is_none) > 0;
  const std::string name = alternatives.size() == 1
                               ? NameOf(alternatives[0])
                               : fmt::format("std::variant<{}>", Join(alternatives));
  return is_optional ? fmt::format("std::optional<{}>", name) : name;
}

std::string CppTypes::NameOfStruct(const Type& type) {
  const auto known = std::ranges::find(structs_, type, &std::pair<Type, std::string>::first);
  if (known != structs_.end()) return known->second;
  std::string fields;
  for (std::size_t i = 0; i < type.arguments.size(); ++i) {
    fields += fmt::format("  {} {};\n", NameOf(type.arguments[i]), type.field_names[i]);
  }
  const std::string name = UniqueName(type.name.empty() ? "Struct" : type.name);
  definitions_ += fmt::format("struct {0} {{\n{1}}};\nBOOST_DESCRIBE_STRUCT({0}, (), ({2}))\n\n",
                              name, fields, fmt::join(type.field_names, ", "));
  structs_.emplace_back(type, name);
  return name;
}

std::string CppTypes::Join(const std::vector<Type>& types) {
  std::vector<std::string> names;
  for (const Type& type : types) names.push_back(NameOf(type));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string CppTypes::UniqueName(const std::string& wanted) {
  std::string name = wanted;
  for (int number = 2; !names_.insert(name).second; ++number) {
    name = fmt::format("{}{}", wanted, number);
  }
  return name;
}

}  // namespace orrery
