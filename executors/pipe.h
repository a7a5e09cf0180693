// A pipe whose ends no child inherits by accident.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "base/file_descriptor.h"

namespace orrery::executors {

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

absl::StatusOr<Pipe> MakePipe();

}  // namespace orrery::executors
