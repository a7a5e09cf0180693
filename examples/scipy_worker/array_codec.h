// Selects the serializer of arrays by an environment variable.
#pragma once

#include "absl/status/statusor.h"
#include "graph/native/codec_set.h"
#include "worker_sdk/cpp/array/ndarray.h"

namespace scipy_worker {

// Reads $SER_METHOD: unset or "save" is npy; "tolist" is JSON with nested lists; "raw" is
// little-endian elements after a small header.
//
// Errors: kInvalidArgument for any other value.
absl::StatusOr<orrery::graph::ValueCodec<orrery::NDArray>> CodecFromEnvironment();

}  // namespace scipy_worker
