#include "worker_sdk/cpp/task_registry.h"

#include <algorithm>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "fmt/format.h"
#include "model/outcome.h"

namespace orrery {
namespace {

// The worker's name is the namespace of its tasks and may be dotted.
bool IsWorkerName(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '.');
  return std::ranges::all_of(parts, [](const std::string& part) { return IsIdentifier(part); });
}

}  // namespace

void TaskRegistry::Add(std::string name, std::unique_ptr<RegisteredTask> task) {
  entries_.push_back({std::move(name), std::move(task)});
}

absl::StatusOr<graph::Catalog> TaskRegistry::Prepare() {
  std::vector<std::string> problems = mistakes_;
  CheckNames(problems);
  // A missing codec that could not be made is already in `mistakes_`.
  const bool has_all_codecs = mistakes_.empty();
  graph::Catalog catalog{.worker = worker_};
  for (const Entry& entry : entries_) {
    std::vector<std::string> task_problems;
    catalog.tasks.push_back(entry.task->Prepare(codecs_, task_problems));
    if (!has_all_codecs) continue;
    for (const std::string& problem : task_problems) {
      problems.push_back(fmt::format("task {}: {}", entry.name, problem));
    }
  }
  if (problems.empty()) return catalog;
  return absl::InvalidArgumentError(fmt::format("{}", fmt::join(problems, "\n")));
}

void TaskRegistry::CheckNames(std::vector<std::string>& problems) const {
  if (!IsWorkerName(worker_)) {
    problems.push_back(
        fmt::format("invalid worker name '{}': use letters, digits, '_' and '.'", worker_));
  }
  if (entries_.empty()) problems.push_back("no task is registered: call Task at least once");
  std::set<std::string> names;
  for (const Entry& entry : entries_) {
    if (!IsIdentifier(entry.name)) {
      problems.push_back(
          fmt::format("invalid task name '{}': use letters, digits and '_'", entry.name));
    } else if (!names.insert(entry.name).second) {
      problems.push_back(fmt::format("task {} is registered twice", entry.name));
    }
  }
}

model::TaskResult TaskRegistry::Call(std::size_t task_index, const TaskCall& call) const {
  CHECK(task_index < entries_.size());
  return entries_[task_index].task->Call(call);
}

}  // namespace orrery
