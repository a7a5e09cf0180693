// Identifies one execution of a function node.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace orrery::model {

// The fencing token of an attempt. The epoch grows with every start of a controller, and each epoch
// numbers attempts from a random number, so no id is used twice. {0, 0} identifies no attempt.
struct AttemptId {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;

  // Parses the text that ToString returns.
  //
  // Errors: kInvalidArgument for other text.
  static absl::StatusOr<AttemptId> Parse(std::string_view text);

  // Returns "epoch.number".
  std::string ToString() const;
  // Returns the same, but empty text for {0, 0}.
  std::string ToStringOrEmpty() const;

  friend auto operator<=>(const AttemptId&, const AttemptId&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const AttemptId& id) {
    return H::combine(std::move(h), id.epoch, id.number);
  }
};

}  // namespace orrery::model
