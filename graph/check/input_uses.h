// What becomes of inputs whose type nobody knows: two ports that no value fits both are a mistake,
// whatever will be given.
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
  // The input, one string for each (Flow::input).
  const std::string* input = nullptr;
  // Where it arrives. All of it outlives the uses.
  const GraphDefinition* definition = nullptr;
  std::size_t node = 0;
  const PortSpec* port = nullptr;
};

class InputUses {
 public:
  // What disagrees with a use before, as the end of a sentence that starts with the port; absent if
  // nothing does. Only the first kUsesMax different ports of an input are compared.
  std::optional<Mismatch> Add(const InputUse& use);

  static constexpr std::size_t kUsesMax = 32;

 private:
  // Lookup only.
  absl::flat_hash_map<const std::string*, std::vector<InputUse>> uses_;
};

}  // namespace orrery::graph
