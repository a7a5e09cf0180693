// A value in transit or in the store: bytes, their media type, and the type they were written from.
//
// Small values are inline; large ones are in the blob store, named by their digest. Workers also
// hold large values inline while a task uses them, shared, so that passing them on does not copy.
// This class does not interpret the bytes; graph/datum.h is the decoded form.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/digest.h"
#include "base/limit.h"
#include "base/shared_bytes.h"

namespace orrery::graph {

inline constexpr std::string_view kMediaTypeJson = "application/json";
inline constexpr std::string_view kMediaTypeBytes = "application/octet-stream";
inline constexpr std::string_view kMediaTypeNpy = "application/x-npy";
inline constexpr std::string_view kMediaTypeRawArray = "application/x-orrery-raw-array";

// The type name of a value that is a graph: JSON in the GraphData form.
inline constexpr std::string_view kGraphTypeName = "graph";

inline constexpr Limit kInlineValueBytes{
    .name = "inline_value_bytes",
    .max = 64 * 1024,
    .unit = LimitUnit::kBytes,
    .of = "a value inside a message or record",
    .beyond = "the client and the worker SDK store it as a blob; from others it is refused"};

struct BlobRef {
  Digest digest;
  std::uint64_t size_bytes = 0;

  friend bool operator==(const BlobRef&, const BlobRef&) = default;
};

struct Value {
  std::variant<std::string, BlobRef, SharedBytes> content;
  std::string media_type;
  // The graph type that the bytes were written from, such as "numpy.ndarray"; empty if unknown.
  std::string type_name;

  bool is_inline() const { return !std::holds_alternative<BlobRef>(content); }
  // Requires: is_inline(). Valid until the value is changed or destroyed.
  std::string_view bytes() const {
    const auto* own = std::get_if<std::string>(&content);
    return own != nullptr ? *own : std::get<SharedBytes>(content).view();
  }
  // Requires: !is_inline().
  const BlobRef& blob() const { return std::get<BlobRef>(content); }
  std::uint64_t size_bytes() const { return is_inline() ? bytes().size() : blob().size_bytes; }

  // Compares inline bytes whether they are shared or not.
  friend bool operator==(const Value& left, const Value& right);
};

// Values are immutable, so they can be shared.
using ValuePtr = std::shared_ptr<const Value>;

inline Value JsonValue(std::string json, std::string type_name = "") {
  return {std::move(json), std::string(kMediaTypeJson), std::move(type_name)};
}

inline Value BytesValue(std::string bytes) {
  return {std::move(bytes), std::string(kMediaTypeBytes), "bytes"};
}
inline Value BytesValue(SharedBytes bytes) {
  return {std::move(bytes), std::string(kMediaTypeBytes), "bytes"};
}

// Returns the bytes of an inline value; copies them if they are not shared yet.
SharedBytes SharedBytesOf(const Value& value);

// Returns the SHA-256 of the value's bytes, whether they are inline or a blob.
Digest ContentDigest(const Value& value);

}  // namespace orrery::graph
