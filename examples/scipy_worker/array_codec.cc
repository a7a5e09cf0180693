#include "examples/scipy_worker/array_codec.h"

#include <cstdlib>
#include <string_view>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "worker_sdk/cpp/array/array_codecs.h"

namespace scipy_worker {

absl::StatusOr<orrery::graph::ValueCodec<orrery::NDArray>> CodecFromEnvironment() {
  const char* variable = std::getenv("SER_METHOD");
  if (variable == nullptr) return orrery::NpyCodec();
  const std::string_view method = variable;
  if (method == "save") return orrery::NpyCodec();
  if (method == "tolist") return orrery::JsonListCodec();
  if (method == "raw") return orrery::RawCodec();
  return absl::InvalidArgumentError(
      fmt::format("SER_METHOD is '{}': leave it unset or choose tolist, save or raw{}", method,
                  method == "dumps" ? "; only Python can read what dumps makes, a pickle" : ""));
}

}  // namespace scipy_worker
