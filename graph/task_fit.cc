#include "graph/task_fit.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "base/name_index.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

// Returns the first format of `written` that `read` does not read; empty if it reads all. A port
// without formats reads any.
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
  const TaskSpec none;
  const TaskSpec& earlier = checked == nullptr ? none : *checked;
  const NameIndex inputs(offered.inputs);
  const NameIndex earlier_inputs(earlier.inputs);
  for (const std::string_view name : used.inputs) {
    const PortSpec* port = inputs.Find(name);
    if (port == nullptr) return fmt::format("it has no input {}", name);
    const PortSpec* before = earlier_inputs.Find(name);
    if (before == nullptr) continue;
    if (std::string problem = InputProblem(*port, *before); !problem.empty()) return problem;
  }
  const absl::flat_hash_set<std::string_view> given(used.inputs.begin(), used.inputs.end());
  for (const PortSpec& port : offered.inputs) {
    if (!port.is_required || given.contains(port.name)) continue;
    return fmt::format("its input {} is required, and the graph gives none", port.name);
  }
  const NameIndex outputs(offered.outputs);
  const NameIndex earlier_outputs(earlier.outputs);
  for (const std::string_view name : used.outputs) {
    const PortSpec* port = outputs.Find(name);
    if (port == nullptr) return fmt::format("it has no output {}", name);
    const PortSpec* before = earlier_outputs.Find(name);
    if (before == nullptr) continue;
    if (std::string problem = OutputProblem(*port, *before); !problem.empty()) return problem;
  }
  return "";
}

}  // namespace orrery::graph
