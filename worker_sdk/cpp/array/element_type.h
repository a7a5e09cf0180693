// The types of array elements: numpy's fixed-size numeric types.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery {

enum class ElementType : std::uint8_t {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat32,
  kFloat64,
  kComplex64,
  kComplex128,
};

struct ElementTypeInfo {
  ElementType type;
  // numpy's name, such as "float64".
  std::string_view name;
  // numpy's kind: b, i, u, f or c.
  char kind;
  std::size_t size_bytes;
};

const ElementTypeInfo& InfoOf(ElementType type);

// Returns nullopt if there is no such type.
std::optional<ElementType> FindElementType(char kind, std::size_t size_bytes);

}  // namespace orrery
