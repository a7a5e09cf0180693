#include "model/workflow.h"

namespace orrery::model {

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

}  // namespace orrery::model
