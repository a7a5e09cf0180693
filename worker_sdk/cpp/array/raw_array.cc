#include "worker_sdk/cpp/array/raw_array.h"

#include <cstdint>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace orrery {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kFixedBytes = 8;
constexpr std::size_t kLengthBytes = 8;

void AppendLength(std::uint64_t length, std::string& bytes) {
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    bytes.push_back(static_cast<char>(length >> (8 * i) & 0xff));
  }
}

std::uint64_t LengthAt(std::string_view bytes, std::size_t offset) {
  std::uint64_t length = 0;
  for (std::size_t i = kLengthBytes; i > 0; --i) {
    length = length << 8 | static_cast<unsigned char>(bytes[offset + i - 1]);
  }
  return length;
}

absl::Status NotRaw(std::string_view reason) {
  return absl::InvalidArgumentError(fmt::format("not a readable raw array: {}", reason));
}

}  // namespace

std::string WriteRawArray(const NDArray& array) {
  const ElementTypeInfo& info = InfoOf(array.element_type());
  const ArrayShape shape = array.shape();
  const std::string_view elements = array.ElementBytes();
  std::string bytes;
  bytes.reserve(kFixedBytes + kLengthBytes * shape.size() + elements.size());
  bytes.push_back(kVersion);
  bytes.push_back(info.kind);
  bytes.push_back(static_cast<char>(info.size_bytes));
  bytes.push_back(static_cast<char>(shape.size()));
  bytes.append(4, '\0');
  for (const std::size_t length : shape) AppendLength(length, bytes);
  return bytes.append(elements);
}

absl::StatusOr<NDArray> ReadRawArray(std::string_view bytes) {
  if (bytes.size() < kFixedBytes) {
    return NotRaw(
        fmt::format("it has {} bytes, and its header takes {}", bytes.size(), kFixedBytes));
  }
  if (bytes[0] != kVersion) {
    return NotRaw(fmt::format("its format version is {}, and only {} is known",
                              static_cast<unsigned char>(bytes[0]), kVersion + 0));
  }
  const auto size_bytes = static_cast<unsigned char>(bytes[2]);
  const std::optional<ElementType> type = FindElementType(bytes[1], size_bytes);
  if (!type.has_value()) {
    return NotRaw(fmt::format("elements of kind {} and {} bytes are unknown",
                              static_cast<unsigned char>(bytes[1]), size_bytes));
  }
  if (bytes.substr(4, 4) != std::string_view("\0\0\0\0", 4)) {
    return NotRaw("bytes 4 to 7 of its header are not zero");
  }
  const std::size_t rank = static_cast<unsigned char>(bytes[3]);
  const std::size_t header_bytes = kFixedBytes + kLengthBytes * rank;
  if (bytes.size() < header_bytes) {
    return NotRaw(
        fmt::format("it has {} bytes, and its header takes {}", bytes.size(), header_bytes));
  }
  ArrayShape shape;
  for (std::size_t offset = kFixedBytes; offset < header_bytes; offset += kLengthBytes) {
    shape.push_back(LengthAt(bytes, offset));
  }
  absl::StatusOr<NDArray> array = NDArray::FromBytes(*type, shape, bytes.substr(header_bytes));
  if (!array.ok()) return NotRaw(std::string(array.status().message()));
  return array;
}

}  // namespace orrery
