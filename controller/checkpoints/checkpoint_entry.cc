#include "controller/checkpoints/checkpoint_entry.h"

#include <string_view>

#include "base/digest.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::checkpoints {
namespace {

std::size_t CostOfEntry(const CheckpointEntry& entry) {
  std::size_t cost = entry.nodedef.size() + entry.definition.size() + entry.error.size() +
                     entry.error_details.size() + entry.location.steps.size() * 16;
  for (const graph::NamedValue& output : entry.outputs) {
    cost += sizeof(output) + output.name.size();
    if (output.value->is_inline()) cost += output.value->size_bytes();
  }
  return cost;
}

absl::Status CheckPortName(std::string_view port) {
  std::string_view problem;
  if (port.empty()) {
    problem = "is empty";
  } else if (port == "." || port == "..") {
    problem = "names a folder";
  } else if (port.find('/') != std::string_view::npos) {
    problem = "contains '/'";
  } else if (port.find('\0') != std::string_view::npos) {
    problem = "contains a NUL byte";
  } else if (port.size() > kPortNameBytes.max) {
    return LimitExceeded(kPortNameBytes, fmt::format("port \"{}...\"", port.substr(0, 32)),
                         port.size(), "use a shorter name");
  }
  if (problem.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("port \"{}\" {}, so it cannot be the name of a checkpoint's file",
                  port.substr(0, kPortNameBytes.max), problem));
}

}  // namespace

const Uuid& WorkflowOf(const CheckpointItem& item) {
  return std::visit([](const auto& body) -> const Uuid& { return body.workflow; }, item);
}

std::size_t CostOf(const CheckpointItem& item) {
  return sizeof(item) +
         std::visit(Overload{
                        [](const CheckpointWorkflow& body) { return body.name.size(); },
                        [](const CheckpointEntry& body) { return CostOfEntry(body); },
                        [](const CheckpointLogLine& body) { return body.line.size(); },
                        [](const CheckpointRemoval&) { return std::size_t{0}; },
                        [](const CheckpointGap& body) { return body.reason.size(); },
                        [](const CheckpointMore&) { return std::size_t{0}; },
                    },
                    item);
}

absl::Status CheckPortNames(const CheckpointItem& item) {
  if (const auto* entry = std::get_if<CheckpointEntry>(&item)) {
    for (const graph::NamedValue& output : entry->outputs) {
      RETURN_IF_ERROR(CheckPortName(output.name));
    }
    if (!entry->loop_name.empty()) return CheckPortName(entry->loop_name);
  }
  return absl::OkStatus();
}

std::string LocationDirectoryName(const graph::Location& location) {
  std::string text = location.ToString();
  if (text.size() <= kLocationNameBytesMax) return text;
  const std::string digest = Sha256(text).ToHex().substr(0, 16);
  return fmt::format("{}~{}", std::string_view(text).substr(0, kLocationNameBytesMax - 17), digest);
}

}  // namespace orrery::checkpoints
