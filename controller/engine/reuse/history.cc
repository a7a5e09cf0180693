#include "controller/engine/reuse/history.h"

#include <algorithm>

#include "base/overload.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "graph/canonical.h"

namespace orrery::engine {

bool History::HasRunIn(const graph::Location& location) const {
  // The nodes inside a location come directly after it.
  const auto first_finished = finished.lower_bound(location);
  if (first_finished != finished.end() && first_finished->first.IsIn(location)) return true;
  const auto first_failed = failed.lower_bound(location);
  return first_failed != failed.end() && first_failed->first.IsIn(location);
}

Digest CallDigest(std::string_view function_name, const Digest& inputs) {
  return Sha256(fmt::format("{}\n{}", function_name, inputs.ToHex()));
}

namespace {

void AddTrouble(History& history, const NodeKey& node, const AttemptOrigin& origin,
                model::AttemptFailure trouble) {
  trouble.attempt = origin.attempt;
  trouble.worker = origin.worker;
  trouble.host = origin.host;
  model::AddFailure(std::move(trouble), history.troubles[node.location]);
}

}  // namespace

void Collect(const Record& record, WorkflowNumber number, History& history) {
  std::visit(
      Overload{[&](const WorkflowSubmitted& body) {
                 if (body.number == number) history.submitted = body;
               },
               [&](const NodeFinished& body) {
                 if (body.node.workflow != number) return;
                 history.finished.insert_or_assign(body.node.location, body);
               },
               [&](const NodeFailed& body) {
                 if (body.node.workflow != number) return;
                 history.failed.insert_or_assign(body.node.location, body);
               },
               [&](const AttemptStarted& body) {
                 if (body.node.workflow == number) history.started.insert(body.node.location);
               },
               [&](const AttemptFailed& body) {
                 if (body.node.workflow != number) return;
                 AddTrouble(
                     history, body.node, body.origin,
                     {.message = body.error.message, .output = body.error.output, .at = record.at});
               },
               [&](const AttemptLost& body) {
                 if (body.node.workflow != number) return;
                 AddTrouble(history, body.node, body.origin,
                            {.message = model::DescribeLoss(body.end),
                             .output = {.text = body.end.output, .is_shared = true},
                             .at = record.at});
               },
               [](const auto&) {}},
      record.body);
}

}  // namespace orrery::engine
