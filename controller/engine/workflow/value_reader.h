// How a starting node looks into its inputs: small values at once, large ones when their bytes have
// been read. Included by the workflow's own sources only.
//
//   Reader reader(*this, node);
//   ... reader.Decode(value) ...
//   if (reader.RequestMissing(turn)) return;  // The node starts again when they are there.
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
#include "controller/engine/workflow/workflow.h"
#include "graph/datum.h"
#include "model/outcome.h"

namespace orrery::engine {

class Workflow::Reader {
 public:
  // `workflow` outlives the reader.
  Reader(Workflow& workflow, NodeRef node) : workflow_(workflow), node_(node) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  // What was read for the node is let go once nothing is missing.
  ~Reader();

  // The value with its bytes inline; as it is, if they are still to be read. kInvalidArgument: it
  // is absent. kResourceExhausted: too much would have to be read.
  absl::StatusOr<graph::ValuePtr> Inline(const graph::ValuePtr& value);

  // The decoded value; nothing if its bytes are still to be read. A value that is not JSON is its
  // bytes.
  absl::StatusOr<std::optional<graph::Datum>> Decode(const graph::Value& value);

  // Whether bytes are missing; then they are asked for, and the node waits.
  bool RequestMissing(Turn& turn);

 private:
  // The bytes; nothing if they are still to be read. Valid as long as the value and the reader are.
  absl::StatusOr<std::optional<std::string_view>> Bytes(const graph::Value& value);

  Workflow& workflow_;
  const NodeRef node_;
  std::map<Digest, std::uint64_t> missing_;
  std::uint64_t missing_bytes_ = 0;
};

// The bool that steers a node. kInvalidArgument: it is something else; `what` names it.
absl::StatusOr<bool> SteeringBool(const graph::ValuePtr& value, std::string_view what);

// The graph value with inputs given in advance.
graph::ValuePtr FixInputs(const graph::Graph& graph, const model::Outputs& inputs);

}  // namespace orrery::engine
