#include "tests/simulation/describe.h"

#include <algorithm>

#include "base/overload.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/outcome.h"

namespace orrery::simulation {
namespace {

std::string Describe(const engine::NodeKey& node) {
  return fmt::format("{} of workflow number {}", node.location.ToString(), node.workflow.value());
}

}  // namespace

std::string DescribeStart(const engine::NodeKey& node, model::AttemptId attempt,
                          std::string_view what) {
  return fmt::format("attempt {} of node {} {}", attempt.ToString(), Describe(node), what);
}

std::string DescribeWorkflow(engine::WorkflowNumber workflow, std::string_view end) {
  return fmt::format("workflow number {} {}", workflow.value(), end);
}

std::string Describe(const engine::Record& record) {
  return std::visit(
      Overload{
          [](const engine::ControllerStarted& body) {
            return fmt::format("controller started, epoch {}", body.epoch);
          },
          [](const engine::WorkerJoined& body) {
            return fmt::format("worker {} joined", body.instance.ToString());
          },
          [](const engine::WorkerLeft& body) {
            return fmt::format("worker {} left", body.instance.ToString());
          },
          [](const engine::WorkflowSubmitted& body) {
            return fmt::format("workflow number {} submitted{}", body.number.value(),
                               body.reuse.has_value() ? ", takes over an earlier run" : "");
          },
          [](const engine::ReuseEnded& body) {
            return fmt::format("workflow number {} has taken over all", body.number.value());
          },
          [](const engine::NodeSleeping& body) {
            return fmt::format("node {} sleeps", Describe(body.node));
          },
          [](const engine::NodeFinished& body) {
            const bool is_cached = body.cache.has_value() && body.cache->source.has_value();
            return fmt::format("node {} finished, attempt {}{}", Describe(body.node),
                               body.origin.attempt.ToString(), is_cached ? ", from the cache" : "");
          },
          [](const engine::NodeFailed& body) {
            return fmt::format("node {} failed: {}", Describe(body.node), body.error.message);
          },
          [](const engine::AttemptFailed& body) {
            return fmt::format("node {} is tried again after attempt {}", Describe(body.node),
                               body.origin.attempt.ToString());
          },
          [](const engine::WorkflowPaused& body) {
            return DescribeWorkflow(body.number, body.is_paused ? "paused" : "goes on");
          },
          [](const engine::AttemptStarted& body) {
            return DescribeStart(body.node, body.origin.attempt, "is about to take effect");
          },
          [](const engine::AttemptReleased& body) {
            return DescribeStart(body.node, body.attempt, "has taken no effect");
          },
          [](const engine::AttemptLost& body) {
            return fmt::format("node {} lost attempt {}{}", Describe(body.node),
                               body.origin.attempt.ToString(),
                               body.end.is_out_of_memory ? ", out of memory" : "");
          },
          [](const engine::WorkflowFailed& body) {
            return DescribeWorkflow(body.number, "failed");
          },
          [](const engine::WorkflowCancelled& body) {
            return DescribeWorkflow(body.number, "cancelled");
          },
          [](const engine::WorkflowDeleted& body) {
            return DescribeWorkflow(body.number, "deleted");
          },
      },
      record.body);
}

std::string Describe(const runtime::SessionCommand& command) {
  return std::visit(
      Overload{
          [](const engine::WelcomeWorker& what) {
            const auto kept = std::ranges::count(what.verdicts, true, &engine::HeldVerdict::keep);
            return fmt::format("welcome, keep {} of {} attempts", kept, what.verdicts.size());
          },
          [](const engine::RefuseWorker& what) { return "refused: " + what.message; },
          [](const engine::AssignAttempt& what) {
            return fmt::format("attempt {} of node {}", what.attempt.ToString(),
                               what.location.ToString());
          },
          [](const engine::CancelAttempt& what) {
            return fmt::format("cancel attempt {}: {}", what.attempt.ToString(), what.reason);
          },
          [](const engine::DrainWorker& what) { return fmt::format("drain: {}", what.reason); },
          [](const engine::RevokeAttempts& what) {
            std::string text = "give back, if not started:";
            for (const model::AttemptId attempt : what.attempts) text += " " + attempt.ToString();
            return text;
          },
          [](const engine::AcknowledgeOutcomes& what) {
            return fmt::format("outcomes up to {} are durable", what.sequence);
          },
          [](const engine::CloseSession& what) { return "goodbye: " + what.reason; },
      },
      command);
}

std::string Describe(const WorkerMessage& message) {
  std::string text;
  for (const model::Outcome& outcome : message.outcomes) {
    text += fmt::format("outcome {} of attempt {}; ", outcome.sequence, outcome.attempt.ToString());
  }
  for (const model::AttemptId attempt : message.released) {
    text += fmt::format("attempt {} given back; ", attempt.ToString());
  }
  if (message.is_draining) text += "no more work; ";
  return text.substr(0, text.size() - std::min<std::size_t>(2, text.size()));
}

}  // namespace orrery::simulation
