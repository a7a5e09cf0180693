// What a workflow keeps about nodes that wait for the storage.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "controller/engine/workflow/element_list.h"
#include "model/outcome.h"

namespace orrery::engine {

// By port.
using MadeElements = std::vector<std::pair<std::string, ElementListPtr>>;

// What a node made: values, and the elements of mapped ports.
struct NodeResult {
  model::Outputs outputs;
  MadeElements elements;
};

// A node that wants to look into large values.
struct Loading {
  std::map<Digest, std::uint64_t> wanted;  // With the size in bytes.
  std::map<Digest, std::shared_ptr<const std::string>> bytes;
};

// A node whose result has large values.
struct Storing {
  std::map<Digest, std::shared_ptr<const std::string>> wanted;
  NodeResult result;
};

}  // namespace orrery::engine
