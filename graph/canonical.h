// Digests that name a graph, a set of inputs or a task by content.
//
// The digest covers length-prefixed fields in a fixed order, after a version, so that it depends
// only on the meaning: not on JSON spelling, proto versions or map order.
//
// Threading: functions without state.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "graph/graph.h"
#include "graph/task.h"
#include "graph/value.h"

namespace orrery::graph {

// Ignores the graph's name and the order of a node's inputs. Constants contribute their media type
// and content, whether inline or blob.
Digest GraphDigest(const Graph& graph);

struct NamedValue {
  std::string name;
  ValuePtr value;
};

// Ignores the order of `inputs`, and whether a value is inline or a blob; media types matter.
// Requires: no value is null.
Digest InputsDigest(std::span<const NamedValue> inputs);

// Names a task of a worker by all that decides what it accepts and makes: its ports with their
// types, formats and defaults, its flags and its version. Ignores the description, which is for
// people.
Digest SignatureDigest(std::string_view worker, const TaskSpec& task);

}  // namespace orrery::graph
