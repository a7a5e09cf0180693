#include "client/cpp/workflow.h"

namespace orrery::client {

std::string_view StatusName(WorkflowStatus status) {
  switch (status) {
    case WorkflowStatus::kRunning:
      return "running";
    case WorkflowStatus::kSucceeded:
      return "succeeded";
    case WorkflowStatus::kFailed:
      return "failed";
    case WorkflowStatus::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string_view StateName(WorkerState state) {
  switch (state) {
    case WorkerState::kConnected:
      return "connected";
    case WorkerState::kDraining:
      return "draining";
    case WorkerState::kLost:
      return "lost";
  }
  return "unknown";
}

}  // namespace orrery::client
