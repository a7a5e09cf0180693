// The tasks of a worker and their common codecs.
//
// Collects the problems of registrations; Prepare returns all of them.
//
// Threading: registering and Prepare are thread-compatible; after it Call is thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/native/codec_set.h"
#include "graph/native/type_of.h"
#include "graph/task.h"
#include "model/outcome.h"
#include "worker_sdk/cpp/registered_task.h"

namespace orrery {

class TaskRegistry {
 public:
  explicit TaskRegistry(std::string worker) : worker_(std::move(worker)) {}
  TaskRegistry(const TaskRegistry&) = delete;
  TaskRegistry& operator=(const TaskRegistry&) = delete;

  // A codec that is an error is a problem, too.
  template <class T>
  void SetCodec(absl::StatusOr<graph::ValueCodec<T>> codec) {
    if (codec.ok()) {
      codecs_.Set<T>(*std::move(codec));
    } else {
      mistakes_.emplace_back(codec.status().message());
    }
  }

  const std::string& worker() const { return worker_; }

  void Add(std::string name, std::unique_ptr<RegisteredTask> task);

  // Returns the catalog. Call once, after all registrations.
  //
  // Errors: kInvalidArgument with one line for each problem.
  absl::StatusOr<graph::Catalog> Prepare();

  // Runs the task with this index in the catalog. Requires: inputs are inline.
  model::TaskResult Call(std::size_t task_index, const TaskCall& call) const;

 private:
  struct Entry {
    std::string name;
    std::unique_ptr<RegisteredTask> task;
  };

  void CheckNames(std::vector<std::string>& problems) const;

  const std::string worker_;
  graph::CodecSet codecs_;
  std::vector<Entry> entries_;
  std::vector<std::string> mistakes_;
};

}  // namespace orrery
