// The worker SDK: a program whose C++ functions are tasks of workflows.
//
//   NDArray Linspace(double start, double stop, std::int64_t num);
//   NDArray Transpose(const NDArray& a);
//
//   int main(int argc, char** argv) {
//     orrery::Worker worker("scipy_worker");
//     worker.UseCodec<NDArray>(orrery::NpyCodec());
//     worker.Task("linspace", Linspace, {Arg("start"), Arg("stop"), Arg("num", 50)});
//     worker.Task("transpose", Transpose, {Arg("a")});
//     return worker.Main(argc, argv);
//   }
//
// Types map by themselves: integers, floats, bool, std::string, graph::Bytes, std::complex,
// std::optional, std::vector, std::map, std::tuple, std::variant, and structs described with
// BOOST_DESCRIBE_STRUCT. Other types need graph::NativeTraits and a codec. Large bytes that a task
// only looks at or passes on are best graph::SharedBytes, which are never copied; graph::Bytes are
// the task's own, to change.
//
// A task may take a TaskContext& first (task_context.h), may return void, absl::StatusOr<T> or
// several ports (port_mapping.h), may be cacheable (TaskOptions in arg.h), and may throw:
// TaskFailure (task_failure.h) fails the attempt with its message, any other exception with its
// type and message. Tasks run in parallel, one per slot.
//
// Threading: thread-compatible.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/native/codec_set.h"
#include "worker_sdk/cpp/arg.h"
#include "worker_sdk/cpp/port_mapping.h"
#include "worker_sdk/cpp/task_binding.h"
#include "worker_sdk/cpp/task_context.h"
#include "worker_sdk/cpp/task_failure.h"
#include "worker_sdk/cpp/task_registry.h"

namespace orrery {

class Worker {
 public:
  // `name` is the namespace of its tasks: a graph says "scipy_worker.linspace".
  explicit Worker(std::string name) : registry_(std::move(name)) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The serializer of T in every task of this worker, also of those registered before.
  template <class T>
  Worker& UseCodec(absl::StatusOr<graph::ValueCodec<T>> codec) {
    registry_.SetCodec<T>(std::move(codec));
    return *this;
  }

  // Registers a function: a pointer, a lambda or an object with one const call operator. One Arg
  // per parameter, in order, the context not counted.
  template <class Function>
  Worker& Task(std::string name, Function function, std::vector<Arg> args = {},
               TaskOptions options = {}) {
    registry_.Add(name, internal::BindTask<std::decay_t<Function>>(
                            {name, std::move(args), std::move(options)}, std::move(function)));
    return *this;
  }

  // Serves until it is told to leave, or does what the command line says; see --help. The exit code
  // of the program: 0 left as asked, 2 wrong usage or registration, 6 refused by the controller.
  int Main(int argc, char** argv);

  // For tests and tools that bring their own way to run tasks.
  TaskRegistry& registry() { return registry_; }

 private:
  TaskRegistry registry_;
};

}  // namespace orrery
