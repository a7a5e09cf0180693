// Digests that name a graph or a set of inputs by content.
//
// The bytes hashed are length-prefixed fields in a fixed order, led by a version, so that the
// digest depends on nothing but the meaning: not on JSON spelling, proto versions or map order.
//
// Threading: functions without state.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "base/digest.h"
#include "graph/graph.h"
#include "graph/value.h"

namespace orrery::graph {

// Neither the graph's name nor the order of a node's inputs matters. Constants count by media type
// and content, inline or blob.
Digest GraphDigest(const Graph& graph);

struct NamedValue {
  std::string name;
  ValuePtr value;
};

// Order of `inputs` does not matter; media types do, inline or blob does not. No value is null.
Digest InputsDigest(std::span<const NamedValue> inputs);

}  // namespace orrery::graph
