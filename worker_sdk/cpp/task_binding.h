// Makes a RegisteredTask of a C++ function: binds inputs to parameters and the result to ports.
//
// Threading: see RegisteredTask.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "graph/native/codec_set.h"
#include "graph/task.h"
#include "model/outcome.h"
#include "worker_sdk/cpp/arg.h"
#include "worker_sdk/cpp/function_traits.h"
#include "worker_sdk/cpp/input_binding.h"
#include "worker_sdk/cpp/output_binding.h"
#include "worker_sdk/cpp/registered_task.h"

namespace orrery::internal {

// The registration of a task.
struct TaskDeclaration {
  std::string name;
  std::vector<Arg> args;
  TaskOptions options;
};

// Returns the problems of the number of Args, their names, and the options.
void CheckDeclaration(const TaskDeclaration& declaration, std::size_t parameters,
                      std::vector<std::string>& problems);
// Returns the Results whose name is not a port of the task.
void CheckResults(const TaskDeclaration& declaration, const graph::TaskSpec& spec,
                  std::vector<std::string>& problems);

template <class Function, class Inputs = typename SignatureOf<Function>::Inputs>
class TypedTask;

template <class Function, class... Parameters>
class TypedTask<Function, TypeList<Parameters...>> final : public RegisteredTask {
 public:
  TypedTask(TaskDeclaration declaration, Function function)
      : declaration_(std::move(declaration)), function_(std::move(function)) {}

  graph::TaskSpec Prepare(const graph::CodecSet& codecs,
                          std::vector<std::string>& problems) override {
    const TaskOptions& options = declaration_.options;
    graph::TaskSpec spec{.name = declaration_.name,
                         .is_cacheable = options.is_cacheable,
                         .is_effect_once = options.is_effect_once,
                         .version = options.version,
                         .description = options.description};
    CheckDeclaration(declaration_, sizeof...(Parameters), problems);
    if (declaration_.args.size() != sizeof...(Parameters)) return spec;

    std::size_t index = 0;
    const auto prepare = [&](auto& input) {
      spec.inputs.push_back(input.Prepare(declaration_.args[index++], codecs, problems));
    };
    std::apply([&](auto&... input) { (prepare(input), ...); }, inputs_);
    outputs_.Prepare(options.results, codecs, spec.outputs, problems);
    CheckResults(declaration_, spec, problems);
    return spec;
  }

  model::TaskResult Call(const TaskCall& call) const override {
    try {
      Arguments arguments;
      std::optional<model::TaskError> error;
      Read(call, arguments, error, std::index_sequence_for<Parameters...>());
      if (error.has_value()) return *std::move(error);
      return Run(call, arguments, std::index_sequence_for<Parameters...>());
    } catch (...) {
      return ThrownError();
    }
  }

 private:
  using Signature = SignatureOf<Function>;
  using Return = typename Signature::Return;
  using Arguments = std::tuple<std::optional<StoredOf<Parameters>>...>;
  static_assert(((!std::is_lvalue_reference_v<Parameters> ||
                  std::is_const_v<std::remove_reference_t<Parameters>>)&&...),
                "a task returns its results: take parameters by value or const reference");

  template <std::size_t... kIndexes>
  void Read(const TaskCall& call, Arguments& arguments, std::optional<model::TaskError>& error,
            std::index_sequence<kIndexes...>) const {
    // Unused by a task without parameters.
    [[maybe_unused]] const auto read = [&](const auto& input, auto& argument) {
      if (error.has_value()) return;
      auto value = input.Read(call);
      if (value.ok()) {
        argument.emplace(*std::move(value));
      } else {
        error = InputError(input.name(), value.status());
      }
    };
    (read(std::get<kIndexes>(inputs_), std::get<kIndexes>(arguments)), ...);
  }

  template <std::size_t... kIndexes>
  model::TaskResult Run(const TaskCall& call, Arguments& arguments,
                        std::index_sequence<kIndexes...>) const {
    const auto invoke = [&]() -> Return {
      if constexpr (Signature::kTakesContext) {
        return function_(call.context,
                         static_cast<Parameters&&>(*std::get<kIndexes>(arguments))...);
      } else {
        return function_(static_cast<Parameters&&>(*std::get<kIndexes>(arguments))...);
      }
    };
    if constexpr (std::is_void_v<Return>) {
      invoke();
      return outputs_.Write(call);
    } else if constexpr (std::is_same_v<Return, absl::Status>) {
      const absl::Status status = invoke();
      if (!status.ok()) return ReturnedError(status);
      return outputs_.Write(call);
    } else if constexpr (ReturnTraits<Return>::kMayFail) {
      Return result = invoke();
      if (!result.ok()) return ReturnedError(result.status());
      return outputs_.Write(call, *std::move(result));
    } else {
      return outputs_.Write(call, invoke());
    }
  }

  const TaskDeclaration declaration_;
  const Function function_;
  std::tuple<InputBinding<StoredOf<Parameters>>...> inputs_;
  OutputBinding<typename ReturnTraits<Return>::Value> outputs_;
};

template <class Function>
std::unique_ptr<RegisteredTask> BindTask(TaskDeclaration declaration, Function function) {
  return std::make_unique<TypedTask<Function>>(std::move(declaration), std::move(function));
}

}  // namespace orrery::internal
