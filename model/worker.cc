#include "model/worker.h"

namespace orrery::model {

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

}  // namespace orrery::model
