#include "base/check.h"

#include <cstdlib>

#include "base/log.h"

namespace orrery {

void CheckFailed(const char* condition, const char* file, int line) {
  LOG(ERROR, "check.failed").With("condition", condition).With("file", file).With("line", line);
  std::abort();
}

}  // namespace orrery
