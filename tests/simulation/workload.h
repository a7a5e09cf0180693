// Random workflows of every kind of node.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/uuid.h"
#include "controller/runtime/requests.h"
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
  // Nodes to run even if the output does not need them.
  std::vector<std::uint32_t> side_effects;
  graph::FailureRules failure_rules;
  model::CacheMode cache_mode = model::CacheMode::kUse;
};

struct WorkloadOptions {
  // Some tasks fail.
  bool may_fail = true;
  // Some graphs and results are not inline.
  bool may_be_large = true;
  // Some tasks are retried, and some workflows continue after a failure.
  bool has_policies = true;
};

// Returns a graph of up to `nodes` nodes: functions of several workers, calls that other jobs also
// make, builtins, sleeps, random numbers, constants, inputs, nested evals, loops, maps and
// if-elses. Graphs that are too large to be inline go to `blobs`.
Job RandomJob(Dice& dice, int nodes, const WorkloadOptions& options,
              std::map<Digest, std::string>& blobs);

// Returns the request that submits the job.
runtime::SubmitRequest RequestFor(const Job& job);

// Returns the catalogs of the simulated workers.
std::vector<std::shared_ptr<const graph::Catalog>> Catalogs();

}  // namespace orrery::simulation
