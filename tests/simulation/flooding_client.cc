#include "tests/simulation/flooding_client.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"

namespace orrery::simulation {
namespace {

constexpr std::uint64_t kBeyond = 50;
// Requests of other clients that may wait within the same limit.
constexpr std::uint64_t kOfOthers = 20;

}  // namespace

void FloodingClient::Start() {
  for (std::int64_t floods = run_.dice.Between(1, 4); floods > 0; --floods) {
    run_.schedule.After(run_.dice.Within(absl::ZeroDuration(), run_.options.faults_for),
                        [this] { Flood(); });
  }
}

void FloodingClient::Flood() {
  if (!controller_.is_running()) return;
  ++run_.report.floods;
  run_.Note("a client floods the controller");
  if (controller_.are_pools_starting()) return Submit();
  switch (run_.dice.Below(4)) {
    case 0:
      return Explain();
    case 1:
      return List();
    case 2:
      return Watch();
    default:
      return AskWrongly();
  }
}

std::function<void(const absl::Status&)> FloodingClient::Begin(Waiting& waiting,
                                                               const Limit& limit) {
  const int process = controller_.process();
  if (waiting.process != process) waiting = {.process = process};
  ++waiting.count;
  return
      [this, &waiting, &limit, process, is_answered = false](const absl::Status& status) mutable {
        if (std::exchange(is_answered, true)) run_.Violated("a request is answered twice");
        if (waiting.process != process) return;
        const bool is_full = waiting.count + kOfOthers > limit.max;
        --waiting.count;
        if (!absl::IsResourceExhausted(status)) return;
        ++run_.report.requests_refused;
        if (!is_full) run_.Violated("a request within its limit is refused");
        if (status.ToString().find(limit.name) == std::string::npos) {
          run_.Violated(fmt::format("a refusal does not name its limit: {}", status.ToString()));
        }
      };
}

void FloodingClient::CheckAnsweredLater(const Waiting& waiting) {
  run_.schedule.After(absl::Minutes(1), [this, &waiting, process = controller_.process()] {
    if (controller_.process() != process || !controller_.is_running()) return;
    if (waiting.count > 0) run_.Violated("a flood of requests is not answered");
  });
}

void FloodingClient::Explain() {
  controller_.Invoke([this](runtime::Controller& controller) {
    const Uuid id = others_.DrawJob().id;
    for (std::uint64_t i = 0; i < runtime::kHistoryRequests.max + kBeyond; ++i) {
      const auto answered = Begin(explanations_, runtime::kHistoryRequests);
      controller.Explain(id, graph::Location::Parse("-.N0").value(),
                         [answered](const absl::StatusOr<model::Explanation>& explanation) {
                           answered(explanation.status());
                         });
      if (explanations_.count > runtime::kHistoryRequests.max) {
        run_.Violated("more requests wait for histories than may");
      }
    }
  });
  CheckAnsweredLater(explanations_);
}

void FloodingClient::Submit() {
  controller_.Invoke([this](runtime::Controller& controller) {
    const Job& job = others_.DrawJob();
    for (std::uint64_t i = 0; i < runtime::kHeldSubmissions.max + kBeyond; ++i) {
      const auto answered = Begin(submissions_, runtime::kHeldSubmissions);
      controller.Submit(RequestFor(job),
                        [answered](const absl::StatusOr<runtime::Submitted>& answer) {
                          answered(answer.status());
                        });
      if (submissions_.count > runtime::kHeldSubmissions.max) {
        run_.Violated("more submissions wait for pools than may");
      }
    }
  });
  CheckAnsweredLater(submissions_);
}

void FloodingClient::AskWrongly() {
  static const auto kWrong = std::make_shared<const graph::Graph>(
      graph::Graph{.nodes = {{graph::FunctionNode{"builtins.nothing"}, {}}}});
  controller_.Invoke([this](runtime::Controller& controller) {
    for (int i = 0; i < 100; ++i) {
      controller.Cancel({.workflow = Uuid::FromRandom(run_.dice.random()), .reason = "flood"},
                        [this](const absl::Status& status) {
                          if (absl::IsNotFound(status) || absl::IsUnavailable(status)) return;
                          run_.Violated(fmt::format("cancelling nothing: {}", status.ToString()));
                        });
      controller.Submit({.id = Uuid::FromRandom(run_.dice.random()),
                         .submission = {.name = "flood", .graph = kWrong},
                         .wait_for_workers = true},
                        [this](const absl::StatusOr<runtime::Submitted>& answer) {
                          const absl::Status& status = answer.status();
                          if (absl::IsInvalidArgument(status) || absl::IsUnavailable(status)) {
                            return;
                          }
                          run_.Violated(fmt::format("a wrong graph: {}", status.ToString()));
                        });
    }
  });
}

void FloodingClient::List() {
  controller_.Invoke([this](runtime::Controller& controller) {
    for (int i = 0; i < 50; ++i) {
      const auto size = static_cast<std::size_t>(run_.dice.Between(1, 10));
      std::string token;
      do {
        const absl::StatusOr<runtime::Views::Page> page = controller.views().List(size, token);
        if (!page.ok() || page->workflows.size() > size) {
          run_.Violated("a list has no right page");
          return;
        }
        token = page->next_token;
      } while (!token.empty());
      if (!absl::IsInvalidArgument(controller.views().List(size, "no token").status())) {
        run_.Violated("a list begins where no page ended");
      }
    }
  });
}

void FloodingClient::Watch() {
  const auto watches = std::make_shared<std::vector<runtime::Views::WatchId>>();
  controller_.Invoke([&](runtime::Controller& controller) {
    for (int i = 0; i < 200; ++i) {
      watches->push_back(controller.views().Watch(others_.DrawJob().id, [] {}));
    }
  });
  run_.schedule.After(run_.dice.Within(absl::Milliseconds(1), absl::Seconds(5)),
                      [this, watches, process = controller_.process()] {
                        if (controller_.process() != process) return;
                        controller_.Invoke([&](runtime::Controller& controller) {
                          for (const auto watch : *watches) controller.views().Unwatch(watch);
                        });
                      });
}

}  // namespace orrery::simulation
