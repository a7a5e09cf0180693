#include "controller/engine/replayer.h"

#include <memory>
#include <string>
#include <utility>

#include "base/coverage_mark.h"
#include "base/overload.h"

namespace orrery::engine {

std::optional<OpenNode> Replayer::CatchUp(const Record& record, const ValueReader& read) {
  const auto all_of = [&](WorkflowNumber number, const auto& is_enough) {
    Workflow* workflow = core_.workflows.Find(number);
    while (workflow != nullptr && !workflow->is_settled() && !is_enough(*workflow) &&
           Advance(*workflow, {}, read)) {
    }
    return std::optional<OpenNode>();
  };
  return std::visit(
      Overload{
          // It may be a failure that follows by itself, and if the workflow went on after it, so
          // does more.
          [&](const WorkflowFailed& body) {
            return all_of(body.number,
                          [](const Workflow& workflow) { return workflow.is_stopping(); });
          },
          // Its end may be one that follows by itself.
          [&](const WorkflowDeleted& body) {
            return all_of(body.number, [](const Workflow&) { return false; });
          },
          [&](const ReuseEnded& body) {
            return all_of(body.number, [&](const Workflow&) { return !reuses_.Has(body.number); });
          },
          [&](const auto& body) -> std::optional<OpenNode> {
            if constexpr (requires { body.node; }) {
              std::optional<OpenNode> open = applier_.FindOpen(body.node);
              while (!open.has_value()) {
                Workflow* workflow = core_.workflows.Find(body.node.workflow);
                if (workflow == nullptr || workflow->is_settled() ||
                    !Advance(*workflow, body.node.location, read)) {
                  break;
                }
                open = applier_.FindOpen(body.node);
              }
              return open;
            }
            return std::nullopt;
          }},
      record.body);
}

bool Replayer::Advance(Workflow& workflow, const graph::Location& location,
                       const ValueReader& read) {
  const MarkedWork mark(core_.poison.mark, workflow.number(), workflow.id());
  Turn turn = core_.NewTurn(core_.settings.step_work.max);
  bool has_changed = false;
  if (workflow.has_pending(core_.settings)) {
    workflow.Run(turn);
    has_changed = turn.work.done() > 0 || workflow.is_settled();
  }
  has_changed = has_changed || workflow.OpenElementsTo(location, turn);
  core_.follow(workflow, turn);
  return has_changed ? !workflow.is_settled() : AnswerOutstanding(workflow, read);
}

bool Replayer::AnswerOutstanding(Workflow& workflow, const ValueReader& read) {
  Turn outstanding = core_.NewTurn();
  workflow.AppendOutstanding(outstanding);
  if (!outstanding.stores.empty()) {
    COVERAGE_MARK("replay.value_stored_again");
    // It was stored before anything that follows from it; if it was not, it is now.
    const Turn::Store& store = outstanding.stores.front();
    core_.out.free.push_back(StoreValue{store.digest, store.bytes});
    core_.workflows.AddDerivedBlob(workflow.number(), store.digest);
    Turn turn = core_.NewTurn();
    workflow.ProvideStored(store.node, store.digest, turn);
    core_.follow(workflow, turn);
    return true;
  }
  for (const Turn::Load& load : outstanding.loads) {
    if (unreadable_.contains(load.digest)) continue;
    absl::StatusOr<std::string> bytes = read(load.digest);
    if (!bytes.ok()) {
      unreadable_.insert(load.digest);
      continue;
    }
    COVERAGE_MARK("replay.value_loaded");
    workflow.ProvideBytes(load.node, load.digest,
                          std::make_shared<const std::string>(*std::move(bytes)));
    core_.deriving.Insert(workflow.number());
    return true;
  }
  if (!workflow.AdmitRefused()) return false;
  core_.deriving.Insert(workflow.number());
  return true;
}

}  // namespace orrery::engine
