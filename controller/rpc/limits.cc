#include "controller/rpc/limits.h"

namespace orrery::rpc {

absl::Status CheckInlineBytes(const graph::Value& value, absl::FunctionRef<std::string()> what) {
  if (!value.is_inline() || value.bytes().size() <= graph::kInlineValueBytes.max) {
    return absl::OkStatus();
  }
  return LimitExceeded(graph::kInlineValueBytes, what(), value.bytes().size(),
                       "write it to the blob service and send its digest");
}

}  // namespace orrery::rpc
