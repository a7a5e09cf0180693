// The uses of inputs of unknown type. If no value fits two ports that use the same input, the graph
// is incorrect whatever its inputs are.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "graph/check/definition.h"
#include "graph/check/edge.h"
#include "graph/task.h"

namespace orrery::graph {

struct InputUse {
  // The input, as one pointer for each name (Flow::input).
  const std::string* input = nullptr;
  // The place of the use. All pointers outlive the uses.
  const GraphDefinition* definition = nullptr;
  std::size_t node = 0;
  const PortSpec* port = nullptr;
};

class InputUses {
 public:
  // Adds a use. Returns the mismatch with an earlier use, as the end of a sentence that starts with
  // the port; nullopt if all uses match. Compares only the first kLimits.input_uses
  // different ports of an input.
  std::optional<Mismatch> Add(const InputUse& use);

 private:
  // Used for lookup only.
  absl::flat_hash_map<const std::string*, std::vector<InputUse>> uses_;
};

}  // namespace orrery::graph
