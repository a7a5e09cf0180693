// Which serializer the arrays of this worker travel with: the environment's choice.
#pragma once

#include "absl/status/statusor.h"
#include "graph/native/codec_set.h"
#include "worker_sdk/cpp/array/ndarray.h"

namespace scipy_worker {

// By $SER_METHOD: unset or "save", npy; "tolist", JSON nested lists; "raw", little-endian elements
// with a small header. kInvalidArgument: anything else.
absl::StatusOr<orrery::graph::ValueCodec<orrery::NDArray>> CodecFromEnvironment();

}  // namespace scipy_worker
