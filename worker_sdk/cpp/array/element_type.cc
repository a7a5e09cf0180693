#include "worker_sdk/cpp/array/element_type.h"

#include <array>

namespace orrery {
namespace {

constexpr std::array kInfos = {
    ElementTypeInfo{ElementType::kBool, "bool", 'b', 1},
    ElementTypeInfo{ElementType::kInt8, "int8", 'i', 1},
    ElementTypeInfo{ElementType::kInt16, "int16", 'i', 2},
    ElementTypeInfo{ElementType::kInt32, "int32", 'i', 4},
    ElementTypeInfo{ElementType::kInt64, "int64", 'i', 8},
    ElementTypeInfo{ElementType::kUInt8, "uint8", 'u', 1},
    ElementTypeInfo{ElementType::kUInt16, "uint16", 'u', 2},
    ElementTypeInfo{ElementType::kUInt32, "uint32", 'u', 4},
    ElementTypeInfo{ElementType::kUInt64, "uint64", 'u', 8},
    ElementTypeInfo{ElementType::kFloat32, "float32", 'f', 4},
    ElementTypeInfo{ElementType::kFloat64, "float64", 'f', 8},
    ElementTypeInfo{ElementType::kComplex64, "complex64", 'c', 8},
    ElementTypeInfo{ElementType::kComplex128, "complex128", 'c', 16},
};

constexpr bool IsIndexedByType() {
  for (std::size_t i = 0; i < kInfos.size(); ++i) {
    if (static_cast<std::size_t>(kInfos[i].type) != i) return false;
  }
  return true;
}
static_assert(IsIndexedByType());

}  // namespace

const ElementTypeInfo& InfoOf(ElementType type) { return kInfos[static_cast<std::size_t>(type)]; }

std::optional<ElementType> FindElementType(char kind, std::size_t size_bytes) {
  for (const ElementTypeInfo& info : kInfos) {
    if (info.kind == kind && info.size_bytes == size_bytes) return info.type;
  }
  return std::nullopt;
}

}  // namespace orrery
