// A temporary folder on a memory file system where there is one: trees of small files are slow to
// make and slower to delete on others.
#pragma once

#include <unistd.h>

#include "base/file.h"

namespace orrery {

inline TempDirectory MakeFastDirectory() {
  return TempDirectory::Create(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "").value();
}

}  // namespace orrery
