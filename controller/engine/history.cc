#include "controller/engine/history.h"

#include <algorithm>

#include "base/overload.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "graph/canonical.h"

namespace orrery::engine {
namespace {

bool IsIn(const graph::Location& place, const graph::Location& location) {
  return place.steps.size() >= location.steps.size() &&
         std::ranges::equal(
             location.steps.begin(), location.steps.end(), place.steps.begin(),
             place.steps.begin() + static_cast<std::ptrdiff_t>(location.steps.size()));
}

}  // namespace

bool History::HasRunIn(const graph::Location& location) const {
  // Whatever is inside a location comes directly after it.
  const auto first_finished = finished.lower_bound(location);
  if (first_finished != finished.end() && IsIn(first_finished->first, location)) return true;
  const auto first_failed = failed.lower_bound(location);
  return first_failed != failed.end() && IsIn(*first_failed, location);
}

Digest SubmissionDigest(const WorkflowSubmitted& submission) {
  return Sha256(fmt::format("{}\n{}\n{}\n{}", graph::GraphDigest(*submission.graph).ToHex(),
                            graph::InputsDigest(submission.inputs).ToHex(),
                            fmt::join(submission.side_effects, " "), submission.name));
}

Digest CallDigest(std::string_view function_name, const Digest& inputs) {
  return Sha256(fmt::format("{}\n{}", function_name, inputs.ToHex()));
}

void Collect(const Record& record, WorkflowNumber number, History& history) {
  std::visit(Overload{[&](const WorkflowSubmitted& body) {
                        if (body.number == number) history.submission = body;
                      },
                      [&](const NodeFinished& body) {
                        if (body.node.workflow != number) return;
                        history.finished.insert_or_assign(body.node.location, body);
                      },
                      [&](const NodeFailed& body) {
                        if (body.node.workflow == number) history.failed.insert(body.node.location);
                      },
                      [](const auto&) {}},
             record.body);
}

}  // namespace orrery::engine
