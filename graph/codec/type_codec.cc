#include "graph/codec/type_codec.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "base/limit.h"
#include "base/status_macros.h"
#include "graph/limits.h"
#include "orrery/graph/v1/type.pb.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

constexpr std::array<std::pair<TypeKind, v1::SimpleType>, 8> kSimpleTypes = {{
    {TypeKind::kInt, v1::SIMPLE_TYPE_INT},
    {TypeKind::kFloat, v1::SIMPLE_TYPE_FLOAT},
    {TypeKind::kBool, v1::SIMPLE_TYPE_BOOL},
    {TypeKind::kStr, v1::SIMPLE_TYPE_STR},
    {TypeKind::kBytes, v1::SIMPLE_TYPE_BYTES},
    {TypeKind::kComplex, v1::SIMPLE_TYPE_COMPLEX},
    {TypeKind::kNone, v1::SIMPLE_TYPE_NONE},
    {TypeKind::kGraph, v1::SIMPLE_TYPE_GRAPH},
}};

constexpr std::string_view kOpaqueInside = "name its inner types as opaque types";

// Where a type is in the one that is read, and how many more that one may have.
struct Place {
  std::size_t depth = 0;
  Budget& types_left;

  Place below() const { return {.depth = depth + 1, .types_left = types_left}; }
};

absl::StatusOr<Type> Read(const v1::Type& message, Place place);

template <class Messages>
absl::StatusOr<std::vector<Type>> ReadAll(const Messages& messages, Place place) {
  std::vector<Type> types;
  for (const v1::Type& message : messages) {
    ASSIGN_OR_RETURN(types.emplace_back(), Read(message, place));
  }
  return types;
}

absl::StatusOr<Type> ReadSimple(v1::SimpleType simple) {
  const auto* const it =
      std::ranges::find(kSimpleTypes, simple, &std::pair<TypeKind, v1::SimpleType>::second);
  if (it == kSimpleTypes.end()) {
    return absl::InvalidArgumentError(
        fmt::format("invalid simple type {}", static_cast<int>(simple)));
  }
  return SimpleType(it->first);
}

absl::StatusOr<Type> ReadStruct(const v1::StructType& message, Place place) {
  Type type{.kind = TypeKind::kStruct, .name = message.name()};
  absl::flat_hash_set<std::string_view> names;
  for (const v1::StructField& field : message.fields()) {
    if (field.name().empty()) {
      return absl::InvalidArgumentError(
          fmt::format("a field of struct \"{}\" has no name", message.name()));
    }
    if (!names.insert(field.name()).second) {
      return absl::InvalidArgumentError(
          fmt::format("struct \"{}\" has the field \"{}\" twice", message.name(), field.name()));
    }
    type.field_names.push_back(field.name());
    ASSIGN_OR_RETURN(type.arguments.emplace_back(), Read(field.type(), place.below()));
  }
  return type;
}

absl::StatusOr<Type> ReadNamed(TypeKind kind, const std::string& name) {
  if (name.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{} type has no name", kind == TypeKind::kOpaque ? "an opaque" : "a variable"));
  }
  return Type{.kind = kind, .name = name};
}

absl::StatusOr<Type> Read(const v1::Type& message, Place place) {
  RETURN_IF_ERROR(CheckLimit(kLimits.type_depth, "a type", place.depth + 1, kOpaqueInside));
  if (place.types_left.is_spent()) {
    return LimitExceeded(kLimits.type_size, "a type", kLimits.type_size.max + 1, kOpaqueInside);
  }
  place.types_left.Spend(1);
  switch (message.kind_case()) {
    case v1::Type::kSimple:
      return ReadSimple(message.simple());
    case v1::Type::kList: {
      ASSIGN_OR_RETURN(Type element, Read(message.list(), place.below()));
      return ListOf(std::move(element));
    }
    case v1::Type::kTuple: {
      ASSIGN_OR_RETURN(std::vector<Type> elements,
                       ReadAll(message.tuple().elements(), place.below()));
      return TupleOf(std::move(elements));
    }
    case v1::Type::kMap: {
      ASSIGN_OR_RETURN(Type element, Read(message.map(), place.below()));
      return MapOf(std::move(element));
    }
    case v1::Type::kStruct:
      return ReadStruct(message.struct_(), place.below());
    case v1::Type::kUnion: {
      ASSIGN_OR_RETURN(std::vector<Type> alternatives,
                       ReadAll(message.union_().alternatives(), place.below()));
      if (alternatives.size() < 2) {
        return absl::InvalidArgumentError(
            fmt::format("a union has {} alternatives, it needs two or more", alternatives.size()));
      }
      return UnionOf(std::move(alternatives));
    }
    case v1::Type::kVariable:
      return ReadNamed(TypeKind::kVariable, message.variable());
    case v1::Type::kOpaque:
      return ReadNamed(TypeKind::kOpaque, message.opaque());
    case v1::Type::KIND_NOT_SET:
      break;
  }
  return Type{};
}

}  // namespace

v1::Type ToProto(const Type& type) {
  v1::Type message;
  switch (type.kind) {
    case TypeKind::kUnknown:
      break;
    case TypeKind::kList:
      *message.mutable_list() = ToProto(ElementOf(type));
      break;
    case TypeKind::kTuple:
      message.mutable_tuple();
      for (const Type& each : type.arguments)
        *message.mutable_tuple()->add_elements() = ToProto(each);
      break;
    case TypeKind::kMap:
      *message.mutable_map() = ToProto(ElementOf(type));
      break;
    case TypeKind::kStruct:
      message.mutable_struct_()->set_name(type.name);
      for (std::size_t i = 0; i < type.arguments.size(); ++i) {
        v1::StructField* field = message.mutable_struct_()->add_fields();
        if (i < type.field_names.size()) field->set_name(type.field_names[i]);
        *field->mutable_type() = ToProto(type.arguments[i]);
      }
      break;
    case TypeKind::kUnion:
      for (const Type& each : type.arguments) {
        *message.mutable_union_()->add_alternatives() = ToProto(each);
      }
      break;
    case TypeKind::kVariable:
      message.set_variable(type.name);
      break;
    case TypeKind::kOpaque:
      message.set_opaque(type.name);
      break;
    default: {
      const auto* const it =
          std::ranges::find(kSimpleTypes, type.kind, &std::pair<TypeKind, v1::SimpleType>::first);
      message.set_simple(it == kSimpleTypes.end() ? v1::SIMPLE_TYPE_UNSPECIFIED : it->second);
    }
  }
  return message;
}

absl::StatusOr<Type> FromProto(const v1::Type& message) {
  Budget types_left(kLimits.type_size);
  return Read(message, {.depth = 0, .types_left = types_left});
}

}  // namespace orrery::graph
