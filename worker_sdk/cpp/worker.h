// The worker SDK: makes a program whose C++ functions are tasks of workflows.
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
// Types with built-in conversions: integers, floats, bool, std::string, graph::Bytes, std::complex,
// std::optional, std::vector, std::map, std::tuple, std::variant, and structs described with
// BOOST_DESCRIBE_STRUCT. Other types need graph::NativeTraits and a codec. Use graph::SharedBytes,
// which are never copied, for large bytes that a task reads or passes on; a task may change
// graph::Bytes.
//
// The first parameter of a task may be a TaskContext& (task_context.h). A task may return void,
// absl::StatusOr<T> or several ports (port_mapping.h), may be cacheable (TaskOptions in arg.h), and
// may throw: TaskFailure (task_failure.h) fails the attempt with its message, any other exception
// with its type and message. Tasks run in parallel, one for each slot.
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
  // `name` is the namespace of the tasks: a graph calls "scipy_worker.linspace".
  explicit Worker(std::string name) : registry_(std::move(name)) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Sets the serializer of T for every task of this worker, also for those registered before.
  template <class T>
  Worker& UseCodec(absl::StatusOr<graph::ValueCodec<T>> codec) {
    registry_.SetCodec<T>(std::move(codec));
    return *this;
  }

  // Registers a function: a pointer, a lambda or an object with one const call operator. Requires:
  // one Arg for each parameter, in order, without the context.
  template <class Function>
  Worker& Task(std::string name, Function function, std::vector<Arg> args = {},
               TaskOptions options = {}) {
    registry_.Add(name, internal::BindTask<std::decay_t<Function>>(
                            {name, std::move(args), std::move(options)}, std::move(function)));
    return *this;
  }

  // Serves until it is drained, or runs the command of the command line; see --help.
  //
  // Returns the exit code of the program: 0 drained, 2 wrong command line or registration, 6
  // refused by the controller, or output could not be written.
  int Main(int argc, char** argv);

  // For tests and tools that run tasks themselves.
  TaskRegistry& registry() { return registry_; }

 private:
  int Run(int argc, char** argv);

  TaskRegistry registry_;
};

}  // namespace orrery
