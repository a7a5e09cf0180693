// Reads the inputs of a node: inline values at once, blobs when their bytes have been loaded.
//
//   InputReader reader(loaded);
//   ... reader.Decode(value) ...
//   if (reader.is_missing_bytes()) return reader.missing();  // Load them, and begin again.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/digest.h"
#include "graph/datum.h"
#include "graph/value.h"

namespace orrery::engine {

// The bytes of blobs that were loaded for a node.
using LoadedBytes = std::map<Digest, std::shared_ptr<const std::string>>;
// Blobs that a node needs and that are not loaded, with their sizes in bytes.
using MissingBytes = std::map<Digest, std::uint64_t>;

class InputReader {
 public:
  // `loaded` outlives the reader; null: nothing has been loaded.
  explicit InputReader(const LoadedBytes* loaded) : loaded_(loaded) {}
  InputReader(const InputReader&) = delete;
  InputReader& operator=(const InputReader&) = delete;

  // Returns the value with its bytes inline, or unchanged if its bytes are missing.
  // Errors: kInvalidArgument: the value is absent. kResourceExhausted: the missing bytes are more
  // than the limit.
  absl::StatusOr<graph::ValuePtr> Inline(const graph::ValuePtr& value);

  // Returns the decoded value, or nothing if its bytes are missing. A value that is not JSON
  // decodes to its bytes. Errors: kInvalidArgument: malformed JSON. kResourceExhausted: as above.
  absl::StatusOr<std::optional<graph::Datum>> Decode(const graph::Value& value);

  bool is_missing_bytes() const { return !missing_.empty(); }
  const MissingBytes& missing() const { return missing_; }

 private:
  // Returns the bytes, valid as long as the value and `loaded` are, or nothing if they are missing.
  absl::StatusOr<std::optional<std::string_view>> Bytes(const graph::Value& value);

  const LoadedBytes* const loaded_;
  MissingBytes missing_;
  std::uint64_t missing_bytes_ = 0;
};

}  // namespace orrery::engine
