#include "worker_sdk/cpp/registered_task.h"

#include <algorithm>
#include <new>
#include <typeinfo>

#include "boost/core/demangle.hpp"
#include "fmt/format.h"
#include "worker_sdk/cpp/task_failure.h"

namespace orrery {

const graph::Value* TaskCall::FindInput(std::string_view name) const {
  const auto it = std::ranges::find(inputs, name, &graph::NamedValue::name);
  return it == inputs.end() ? nullptr : it->value.get();
}

bool TaskCall::IsWanted(std::string_view output) const {
  return std::ranges::find(wanted_outputs, output) != wanted_outputs.end();
}

model::TaskError InputError(std::string_view port, const absl::Status& status) {
  return {.kind = model::TaskErrorKind::kSerializer,
          .message = fmt::format("input {}: {}", port, std::string(status.message()))};
}

model::TaskError OutputError(std::string_view port, const absl::Status& status) {
  return {.kind = model::TaskErrorKind::kSerializer,
          .message = fmt::format("output {}: {}", port, std::string(status.message()))};
}

model::TaskError ReturnedError(const absl::Status& status) {
  return {.kind = absl::IsCancelled(status) ? model::TaskErrorKind::kCancelled
                                            : model::TaskErrorKind::kTask,
          .message = std::string(status.message()),
          .details = absl::StatusCodeToString(status.code())};
}

model::TaskError ThrownError() {
  try {
    throw;
  } catch (const TaskFailure& failure) {
    return {.message = failure.what(), .is_final = failure.retry() == Retry::kNever};
  } catch (const std::bad_alloc& error) {
    return {.kind = model::TaskErrorKind::kOutOfMemory,
            .message = fmt::format("out of memory: {}", error.what())};
  } catch (const std::exception& error) {
    const std::string type = boost::core::demangle(typeid(error).name());
    return {.message = fmt::format("{}: {}", type, error.what()),
            .details = fmt::format("the task threw {}", type)};
  } catch (...) {
    return {.message = "the task threw an exception that is not a std::exception"};
  }
}

}  // namespace orrery
