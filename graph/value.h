// A value as it travels and rests: bytes, how to read them, and what they were written as.
//
// The bytes sit inline while they are small and in the blob store, named by their digest, when they
// are not. Nothing here looks inside the bytes; graph/datum.h is the decoded form.
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

namespace orrery::graph {

inline constexpr std::string_view kMediaTypeJson = "application/json";
inline constexpr std::string_view kMediaTypeBytes = "application/octet-stream";
inline constexpr std::string_view kMediaTypeNpy = "application/x-npy";
inline constexpr std::string_view kMediaTypeRawArray = "application/x-orrery-raw-array";

// The type name of a value that is a graph: JSON in the GraphData form.
inline constexpr std::string_view kGraphTypeName = "graph";

// Larger values are blobs, wherever they are made.
inline constexpr std::uint64_t kInlineValueBytesMax = 64 * 1024;

struct BlobRef {
  Digest digest;
  std::uint64_t size_bytes = 0;

  friend bool operator==(const BlobRef&, const BlobRef&) = default;
};

struct Value {
  std::variant<std::string, BlobRef> content;
  std::string media_type;
  // The graph type the bytes were written from, "numpy.ndarray" say; empty if nobody knows.
  std::string type_name;

  bool is_inline() const { return std::holds_alternative<std::string>(content); }
  // Requires is_inline().
  const std::string& bytes() const { return std::get<std::string>(content); }
  // Requires !is_inline().
  const BlobRef& blob() const { return std::get<BlobRef>(content); }
  std::uint64_t size_bytes() const { return is_inline() ? bytes().size() : blob().size_bytes; }

  friend bool operator==(const Value&, const Value&) = default;
};

// Values are immutable once made, so everybody may hold the same one.
using ValuePtr = std::shared_ptr<const Value>;

inline Value JsonValue(std::string json, std::string type_name = "") {
  return {std::move(json), std::string(kMediaTypeJson), std::move(type_name)};
}

inline Value BytesValue(std::string bytes) {
  return {std::move(bytes), std::string(kMediaTypeBytes), "bytes"};
}

// The sha256 of the value's bytes, the same whether they are inline or a blob.
Digest ContentDigest(const Value& value);

}  // namespace orrery::graph
