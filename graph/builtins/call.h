// The arguments of one call of a builtin, read by position; messages name them.
//
// Threading: confined; refers to the arguments passed to the constructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "graph/builtins/builtin.h"
#include "graph/builtins/number.h"
#include "graph/datum.h"

namespace orrery::graph::internal {

using Arguments = std::span<const Datum* const>;

// A port: its position among the inputs, and its name.
struct Port {
  std::size_t index = 0;
  std::string_view name;
};

// The ports of tasks with two values, with one value, and with a list.
inline constexpr Port kA{0, "a"};
inline constexpr Port kB{1, "b"};
inline constexpr Port kValue{0, "value"};
inline constexpr Port kValues{0, "values"};

class Call {
 public:
  Call(std::string_view task, Arguments arguments) : task_(task), arguments_(arguments) {}

  // Returns null if the argument is absent.
  const Datum* Find(std::size_t index) const {
    return index < arguments_.size() ? arguments_[index] : nullptr;
  }

  // Errors of each: kInvalidArgument if the argument is absent or of another kind.
  absl::StatusOr<const Datum*> Any(Port port) const;
  absl::StatusOr<const List*> ListAt(Port port) const;
  absl::StatusOr<const std::string*> TextAt(Port port) const;
  absl::StatusOr<const Bytes*> BytesAt(Port port) const;
  absl::StatusOr<Number> NumberAt(Port port) const;
  absl::StatusOr<Integer> IntegerAt(Port port) const;

  // Returns an error such as "iadd: argument a is a str, it needs a number".
  absl::Status Mismatch(Port port, const Datum& found, std::string_view needed) const;
  // Returns the same error for an element of a list.
  absl::Status ElementMismatch(Port port, std::size_t element, const Datum& found,
                               std::string_view needed) const;

 private:
  std::string_view task_;
  Arguments arguments_;
};

inline BuiltinResult One(Datum value) {
  absl::InlinedVector<Datum, 2> outputs;
  outputs.push_back(std::move(value));
  return outputs;
}

inline BuiltinResult Two(Datum first, Datum second) {
  absl::InlinedVector<Datum, 2> outputs;
  outputs.push_back(std::move(first));
  outputs.push_back(std::move(second));
  return outputs;
}

}  // namespace orrery::graph::internal
