#include "controller/engine/reuse/rerun_plan.h"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/overload.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "model/rerun_plan.h"

namespace orrery::engine {
namespace {

// The engine of a trial, with a storage that answers at once and keeps nothing in the end.
class Trial {
 public:
  Trial(const Settings& settings, const ValueReader& read) : engine_(settings), read_(read) {}

  absl::StatusOr<std::set<graph::Location>> Run(const WorkflowSubmitted& submission,
                                                const std::shared_ptr<const History>& history) {
    RETURN_IF_ERROR(engine_.Replay({now_, submission}, read_).status());
    inputs_.emplace_back(ControllerStart{});
    inputs_.emplace_back(HistoryLoaded{submission.reuse->source, history});
    Budget steps(kPlanSteps);
    while (!has_ended_ && (!inputs_.empty() || engine_.NextDeadline() == now_)) {
      if (steps.is_spent()) {
        return absl::ResourceExhaustedError(fmt::format(
            "the run still reuses outcomes after {} steps of the controller, so there is no plan: "
            "run it without one (limit {})",
            kPlanSteps.max, kPlanSteps.name));
      }
      steps.Spend(1);
      Input input = Tick{};
      if (!inputs_.empty()) {
        input = std::move(inputs_.front());
        inputs_.pop_front();
      }
      Take(engine_.Step(now_, std::move(input)));
    }
    return std::move(finished_);
  }

 private:
  void Take(const Output& output) {
    for (const Record& record : output.records) {
      if (const auto* finished = std::get_if<NodeFinished>(&record.body)) {
        finished_.insert(finished->node.location);
      }
      has_ended_ = has_ended_ || std::holds_alternative<ReuseEnded>(record.body);
    }
    for (const Effect& effect : output.free) {
      std::visit(Overload{[this](const LoadValue& wanted) {
                            inputs_.emplace_back(ValueLoaded{wanted.digest, Read(wanted.digest)});
                          },
                          [this](const StoreValue& made) {
                            stored_[made.digest] = *made.bytes;
                            inputs_.emplace_back(ValueStored{made.digest, absl::OkStatus()});
                          },
                          [](const auto&) {}},
                 effect);
    }
  }

  absl::StatusOr<std::string> Read(const Digest& digest) const {
    const auto stored = stored_.find(digest);
    return stored == stored_.end() ? read_(digest) : stored->second;
  }

  const absl::Time now_ = absl::UnixEpoch();
  Engine engine_;
  const ValueReader& read_;
  std::deque<Input> inputs_;
  std::map<Digest, std::string> stored_;
  std::set<graph::Location> finished_;
  // From then on nodes would run, and no outcome would be reused.
  bool has_ended_ = false;
};

}  // namespace

absl::StatusOr<model::RerunPlan> PlanRerun(WorkflowSubmitted submission,
                                           const std::shared_ptr<const History>& history,
                                           const Settings& settings, const ValueReader& read) {
  // It is the first one of its engine.
  submission.number = WorkflowNumber(1);
  Settings quiet = settings;
  quiet.shows_nodes = false;
  quiet.has_rests = false;
  ASSIGN_OR_RETURN(const std::set<graph::Location> kept,
                   Trial(quiet, read).Run(submission, history));
  model::RerunPlan plan;
  for (const auto& [location, outcome] : history->finished) {
    if (kept.contains(location)) {
      ++plan.kept;
      continue;
    }
    ++plan.again;
    if (plan.again_locations.size() < model::kPlanLocations.max) {
      plan.again_locations.push_back(location);
    }
  }
  return plan;
}

}  // namespace orrery::engine
