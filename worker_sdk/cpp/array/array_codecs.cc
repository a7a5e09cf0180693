#include "worker_sdk/cpp/array/array_codecs.h"

#include <string>
#include <string_view>

#include "graph/value.h"
#include "worker_sdk/cpp/array/array_lists.h"
#include "worker_sdk/cpp/array/npy.h"
#include "worker_sdk/cpp/array/raw_array.h"

namespace orrery {

graph::ValueCodec<NDArray> NpyCodec() {
  return {.media_type = std::string(graph::kMediaTypeNpy),
          .method = graph::CodecMethod::kBytes,
          .to_bytes = [](const NDArray& array) -> absl::StatusOr<std::string> {
            return WriteNpy(array);
          },
          .from_bytes = ReadNpy};
}

graph::ValueCodec<NDArray> JsonListCodec() {
  return {.media_type = std::string(graph::kMediaTypeJson),
          .method = graph::CodecMethod::kJson,
          .to_json = ToNestedLists,
          .from_json = FromNestedLists};
}

graph::ValueCodec<NDArray> RawCodec() {
  return {.media_type = std::string(graph::kMediaTypeRawArray),
          .method = graph::CodecMethod::kBytes,
          .to_bytes = [](const NDArray& array) -> absl::StatusOr<std::string> {
            return WriteRawArray(array);
          },
          .from_bytes = ReadRawArray};
}

}  // namespace orrery
