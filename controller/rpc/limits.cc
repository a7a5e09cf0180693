#include "controller/rpc/limits.h"

#include "fmt/format.h"

namespace orrery::rpc {

absl::Status CheckInlineBytes(const graph::Value& value, absl::FunctionRef<std::string()> what) {
  if (!value.is_inline() || value.bytes().size() <= graph::kInlineValueBytesMax) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      fmt::format("{} has {} bytes inline, at most {} are accepted; write it to the blob service "
                  "and send its digest",
                  what(), value.bytes().size(), graph::kInlineValueBytesMax));
}

}  // namespace orrery::rpc
