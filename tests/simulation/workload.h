// Random workflows of every kind of node.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/uuid.h"
#include "controller/runtime/api.h"
#include "graph/canonical.h"
#include "graph/failure_policy.h"
#include "graph/graph.h"
#include "graph/task.h"
#include "model/submission.h"
#include "tests/simulation/dice.h"

namespace orrery::simulation {

struct Job {
  Uuid id;
  std::shared_ptr<const graph::Graph> graph;
  std::vector<graph::NamedValue> inputs;
  // Nodes to run though the output may not need them.
  std::vector<std::uint32_t> side_effects;
  graph::FailureRules failure_rules;
  model::CacheMode cache_mode = model::CacheMode::kUse;
};

struct WorkloadOptions {
  // Some tasks fail.
  bool may_fail = true;
  // Graphs and results that do not travel inline.
  bool may_be_large = true;
  // Tasks that fail are tried again, and workflows go on after a failure.
  bool has_policies = true;
};

// A graph of up to `nodes` nodes: functions of several workers, calls that other jobs make, too,
// builtins, sleeps, random numbers, constants, inputs, nested evals, loops, maps and if-elses, some
// through a graph that is too large to travel inline and so goes to `blobs`.
Job RandomJob(Dice& dice, int nodes, const WorkloadOptions& options,
              std::map<Digest, std::string>& blobs);

// What the simulated workers offer.
std::vector<std::shared_ptr<const graph::Catalog>> Catalogs();

}  // namespace orrery::simulation
