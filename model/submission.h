// The content of a workflow: its graph, inputs and options.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "graph/canonical.h"
#include "graph/failure_policy.h"
#include "graph/graph.h"

namespace orrery::model {

// How a workflow uses the cache.
enum class CacheMode {
  kUse,      // Reuses cached outcomes, and adds its own to the cache.
  kRefresh,  // Runs every task; its outcomes replace cached ones.
  kOff,      // Neither.
};

struct Submission {
  std::string name;
  std::shared_ptr<const graph::Graph> graph;
  std::vector<graph::NamedValue> inputs;
  // Indices of nodes that run even if no output needs them.
  std::vector<std::uint32_t> side_effects;
  // Override the failure policies of the graph's nodes.
  graph::FailureRules failure_rules;
  CacheMode cache_mode = CacheMode::kUse;
};

// Returns a digest of the content, to recognize a repeated submission. `graph` is its GraphDigest.
Digest SubmissionDigest(const Submission& submission, const Digest& graph);

}  // namespace orrery::model
