// The place of a node instance in a workflow: a path of nodes, loop iterations and map elements.
//
// Written `-.N3.L2.N1`: `-` is the root graph, `.N<i>` node i, `.L<i>` loop iteration i, `.M<i>`
// map element i. `.N-1` is the outside of a frame.
//
// Threading: thread-compatible; a value type.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"

namespace orrery::graph {

enum class StepKind : std::uint8_t { kNode = 'N', kIteration = 'L', kElement = 'M' };

struct LocationStep {
  StepKind kind = StepKind::kNode;
  std::int64_t index = 0;
  friend auto operator<=>(const LocationStep&, const LocationStep&) = default;
};

struct Location {
  // Most locations are at most as deep as a node of a map's element at the root.
  absl::InlinedVector<LocationStep, 3> steps;

  Location Child(StepKind kind, std::int64_t index) const;
  // Returns true if this location is `outer` or lies inside it.
  bool IsIn(const Location& outer) const;

  // Errors: kInvalidArgument if the text has another form or is deeper than
  // kLimits.location_depth.
  static absl::StatusOr<Location> Parse(std::string_view text);
  std::string ToString() const;

  friend bool operator==(const Location&, const Location&) = default;
  friend std::strong_ordering operator<=>(const Location& left, const Location& right) {
    return std::lexicographical_compare_three_way(left.steps.begin(), left.steps.end(),
                                                  right.steps.begin(), right.steps.end());
  }
};

}  // namespace orrery::graph
