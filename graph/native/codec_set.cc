#include "graph/native/codec_set.h"

#include <fmt/format.h>

namespace orrery::graph {

absl::Status CodecFailed(std::string_view role, std::string_view type_name, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("the {} of {} {}", role, type_name, why));
}

}  // namespace orrery::graph
