#include "graph/task_fit.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery::graph {
namespace {

// Returns a format of `written` that `read` does not have; empty if there is none. A port without
// formats reads all.
std::string_view UnreadFormat(const PortSpec& written, const PortSpec& read) {
  if (read.formats.empty()) return "";
  for (const std::string& format : written.formats) {
    if (std::ranges::find(read.formats, format) == read.formats.end()) return format;
  }
  return "";
}

std::string InputProblem(const PortSpec& port, const PortSpec& before) {
  if (!IsAssignable(before.type, port.type)) {
    return fmt::format("its input {} is of type {}, was {}", port.name, port.type.ToString(),
                       before.type.ToString());
  }
  const std::string_view format = UnreadFormat(before, port);
  if (format.empty()) return "";
  return fmt::format("its input {} does not read {} any more", port.name, format);
}

std::string OutputProblem(const PortSpec& port, const PortSpec& before) {
  if (!IsAssignable(port.type, before.type)) {
    return fmt::format("its output {} is of type {}, was {}", port.name, port.type.ToString(),
                       before.type.ToString());
  }
  const std::string_view format = UnreadFormat(port, before);
  if (format.empty()) return "";
  return fmt::format("its output {} is written as {}, was {}", port.name, format,
                     fmt::join(before.formats, " or "));
}

}  // namespace

std::string WhyUnfit(const TaskSpec& offered, const TaskSpec* checked, const UsedPorts& used) {
  for (const std::string_view name : used.inputs) {
    const PortSpec* port = offered.FindInput(name);
    if (port == nullptr) return fmt::format("it has no input {}", name);
    const PortSpec* before = checked == nullptr ? nullptr : checked->FindInput(name);
    if (before == nullptr) continue;
    if (std::string problem = InputProblem(*port, *before); !problem.empty()) return problem;
  }
  for (const PortSpec& port : offered.inputs) {
    if (!port.is_required || std::ranges::find(used.inputs, port.name) != used.inputs.end()) {
      continue;
    }
    return fmt::format("its input {} is required, and the graph gives none", port.name);
  }
  for (const std::string_view name : used.outputs) {
    const PortSpec* port = offered.FindOutput(name);
    if (port == nullptr) return fmt::format("it has no output {}", name);
    const PortSpec* before = checked == nullptr ? nullptr : checked->FindOutput(name);
    if (before == nullptr) continue;
    if (std::string problem = OutputProblem(*port, *before); !problem.empty()) return problem;
  }
  return "";
}

}  // namespace orrery::graph
