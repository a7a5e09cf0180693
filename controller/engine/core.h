// Shared by the phases of the engine: settings, time, workflows, and the output of this step.
//
// A phase owns the state that only it changes; all phases reach workflows here. `decide` and
// `follow` lead back to the engine, which owns the order in which things happen.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controller/engine/graph_cache.h"
#include "controller/engine/ids.h"
#include "controller/engine/output.h"
#include "controller/engine/record.h"
#include "controller/engine/settings.h"
#include "controller/engine/turn_order.h"
#include "controller/engine/work_mark.h"
#include "controller/engine/workflow/turn.h"
#include "controller/engine/workflow/workflow.h"
#include "controller/engine/workflow/workflow_table.h"

namespace orrery::engine {

struct Core {
  Core(Settings the_settings, Poison the_poison)
      : settings(the_settings), poison(std::move(the_poison)) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // Records the decision, applies it, and acts on its consequences. Not while a record is applied.
  template <class Body>
  void Decide(Body body) {
    decide({now, std::move(body)});
  }
  // Gated even if it is a refusal: the facts behind it may not be durable yet.
  void Answer(RequestId request, absl::Status status, bool already_submitted = false) {
    out.gated.push_back(AnswerRequest{
        .request = request, .status = std::move(status), .already_submitted = already_submitted});
  }
  // A turn of the workflow in which it may do `work`.
  Turn NewTurn(std::uint64_t work = 0) {
    return {.graphs = graphs,
            .settings = settings,
            .at = now,
            .events = out.gated,
            .work = WorkMeter(work),
            .all_bytes = all_bytes,
            .ready = {},
            .loads = {},
            .stores = {},
            .waits = {},
            .refused = {}};
  }

  const Settings settings;
  Poison poison;
  // Of this step, or of the record that is replayed; never goes back.
  absl::Time now = absl::InfinitePast();
  std::uint64_t epoch = 0;
  GraphCache graphs;
  WorkflowTable workflows;
  // Of all workflows, as of Workflow::held_bytes.
  std::uint64_t all_bytes = 0;
  // Workflows whose progress is to be told.
  std::set<WorkflowNumber> changed;
  // Workflows with something left to derive.
  TurnOrder deriving{settings.light_turn_work()};
  Output out;

  // Set by the engine.
  std::function<void(Record)> decide;
  // Acts on what a turn of the workflow found.
  std::function<void(Workflow&, const Turn&)> follow;
};

}  // namespace orrery::engine
