#include "graph/codec/catalog_codec.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "graph/codec/type_codec.h"
#include "graph/codec/value_codec.h"
#include "graph/limits.h"
#include "graph/name.h"
#include "orrery/graph/v1/catalog.pb.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

absl::Status Error(const std::string& where, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{} {}", where, what));
}

absl::Status CheckName(const std::string& where, const std::string& name) {
  const std::string problem = NameProblem(name);
  return problem.empty() ? absl::OkStatus()
                         : Error(where, fmt::format("has a name that {}", problem));
}

absl::Status WithPlace(const std::string& where, const absl::Status& status) {
  return Error(where + ":", std::string(status.message()));
}

v1::Port PortToProto(const PortSpec& port) {
  v1::Port message;
  message.set_name(port.name);
  *message.mutable_type() = ToProto(port.type);
  message.set_optional(!port.is_required);
  if (port.default_value.has_value()) {
    ToProto(*port.default_value, *message.mutable_default_value());
  }
  for (const std::string& format : port.formats) message.add_formats(format);
  return message;
}

absl::StatusOr<PortSpec> PortFromProto(const v1::Port& message, const std::string& task) {
  const std::string where = fmt::format("task \"{}\" port \"{}\"", task, message.name());
  RETURN_IF_ERROR(CheckName(where, message.name()));
  PortSpec port{.name = message.name(), .is_required = !message.optional()};
  absl::StatusOr<Type> type = FromProto(message.type());
  if (!type.ok()) return WithPlace(where, type.status());
  port.type = *std::move(type);
  if (message.has_default_value()) {
    absl::StatusOr<Value> value = FromProto(message.default_value());
    if (!value.ok()) return WithPlace(where + " default", value.status());
    port.default_value = *std::move(value);
  }
  for (const std::string& format : message.formats()) port.formats.push_back(format);
  return port;
}

template <class Messages>
absl::StatusOr<std::vector<PortSpec>> PortsFromProto(const Messages& messages,
                                                     const std::string& task) {
  const auto count = static_cast<std::size_t>(messages.size());
  if (count > kLimits.node_inputs.max) {
    return LimitExceeded(kLimits.node_inputs, fmt::format("task \"{}\": the list of ports", task),
                         count, kFewerInputs);
  }
  std::vector<PortSpec> ports;
  std::set<std::string> names;
  for (const v1::Port& message : messages) {
    if (!names.insert(message.name()).second) {
      return Error(fmt::format("task \"{}\"", task),
                   fmt::format("has the port \"{}\" twice", message.name()));
    }
    ASSIGN_OR_RETURN(ports.emplace_back(), PortFromProto(message, task));
  }
  return ports;
}

}  // namespace

v1::Task ToProto(const TaskSpec& task) {
  v1::Task message;
  message.set_name(task.name);
  for (const PortSpec& port : task.inputs) *message.add_inputs() = PortToProto(port);
  for (const PortSpec& port : task.outputs) *message.add_outputs() = PortToProto(port);
  message.set_cacheable(task.is_cacheable);
  message.set_effect_once(task.is_effect_once);
  message.set_version(task.version);
  message.set_description(task.description);
  return message;
}

v1::Catalog ToProto(const Catalog& catalog) {
  v1::Catalog message;
  message.set_worker(catalog.worker);
  for (const TaskSpec& task : catalog.tasks) *message.add_tasks() = ToProto(task);
  return message;
}

absl::StatusOr<TaskSpec> FromProto(const v1::Task& message) {
  RETURN_IF_ERROR(CheckName(fmt::format("task \"{}\"", message.name()), message.name()));
  if (message.name().find('.') != std::string::npos) {
    return Error(fmt::format("task \"{}\"", message.name()),
                 "has a dot in its name, which would be read as part of the worker's");
  }
  TaskSpec task{.name = message.name(),
                .is_cacheable = message.cacheable(),
                .is_effect_once = message.effect_once(),
                .version = message.version(),
                .description = message.description()};
  ASSIGN_OR_RETURN(task.inputs, PortsFromProto(message.inputs(), task.name));
  ASSIGN_OR_RETURN(task.outputs, PortsFromProto(message.outputs(), task.name));
  if (task.outputs.empty()) return Error(fmt::format("task \"{}\"", task.name), "has no outputs");
  return task;
}

absl::StatusOr<Catalog> FromProto(const v1::Catalog& message) {
  RETURN_IF_ERROR(CheckName(fmt::format("worker \"{}\"", message.worker()), message.worker()));
  Catalog catalog{.worker = message.worker()};
  std::set<std::string> names;
  for (const v1::Task& task : message.tasks()) {
    if (!names.insert(task.name()).second) {
      return Error(fmt::format("worker \"{}\"", message.worker()),
                   fmt::format("lists the task \"{}\" twice", task.name()));
    }
    absl::StatusOr<TaskSpec> spec = FromProto(task);
    if (!spec.ok()) return WithPlace(fmt::format("worker \"{}\"", message.worker()), spec.status());
    catalog.tasks.push_back(*std::move(spec));
  }
  return catalog;
}

}  // namespace orrery::graph
