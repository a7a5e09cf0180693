// The types of the graph language: the values that a port accepts.
//
// The unknown type fits everything, so that untyped graphs can run. An opaque type is known by its
// qualified name only ("numpy.ndarray"). An optional is a union with none.
//
// Threading: thread-compatible; a value type.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery::graph {

enum class TypeKind {
  kUnknown,
  kInt,
  kFloat,
  kBool,
  kStr,
  kBytes,
  kComplex,
  kNone,
  kList,      // arguments: the element
  kTuple,     // arguments: one per position
  kMap,       // arguments: the value; keys are str
  kStruct,    // name, field_names and one argument per field
  kUnion,     // arguments: the alternatives, two or more
  kVariable,  // name
  kOpaque,    // name, qualified
  kGraph,
};

struct Type {
  TypeKind kind = TypeKind::kUnknown;
  std::string name;
  std::vector<Type> arguments;
  std::vector<std::string> field_names;

  // Returns the text form: "list[int]", "int | none", "numpy.ndarray", "PointedArray{a: ..., p:
  // int}".
  std::string ToString() const;

  friend bool operator==(const Type&, const Type&) = default;
  template <class H>
  friend H AbslHashValue(H hash, const Type& type) {
    return H::combine(std::move(hash), type.kind, type.name, type.arguments, type.field_names);
  }
};

inline Type SimpleType(TypeKind kind) { return {.kind = kind}; }
inline Type ListOf(Type element) {
  return {.kind = TypeKind::kList, .arguments = {std::move(element)}};
}
inline Type MapOf(Type element) {
  return {.kind = TypeKind::kMap, .arguments = {std::move(element)}};
}
inline Type OpaqueType(std::string name) {
  return {.kind = TypeKind::kOpaque, .name = std::move(name)};
}
Type TupleOf(std::vector<Type> elements);
// Flattens nested unions and removes repeated alternatives. Returns a single alternative as itself.
Type UnionOf(std::vector<Type> alternatives);
Type OptionalOf(Type type);
Type StructOf(std::string name, std::vector<std::pair<std::string, Type>> fields);

// Returns the element type of a list or map; unknown if `type` has no arguments.
const Type& ElementOf(const Type& type);
// Returns the type of the field `name` of a struct, or null if `type` has no such field.
const Type* FindField(const Type& type, std::string_view name);

// Returns the number of types in `type`, itself included.
std::size_t CountNodes(const Type& type);

// Returns true if a value of type `from` may be read as `to`: they are equal, one is unknown,
// `from` is int and `to` is float, `from` is an alternative of `to`, and so on through lists, maps,
// tuples and structs. Type variables fit anything; the checker unifies them over a graph.
bool IsAssignable(const Type& from, const Type& to);

// Returns true if every value of `from` is certainly a value of `to`. Unlike in IsAssignable,
// unknown is a subtype of itself only, and a list, whose length is not known, is not a subtype of a
// tuple.
bool IsSubtype(const Type& from, const Type& to);

// Same as IsAssignable, for two ports that both use JSON: only its serializer knows the JSON form
// of an opaque type, so an opaque type fits every type but another opaque one.
bool IsReadableAsJson(const Type& from, const Type& to);

}  // namespace orrery::graph
