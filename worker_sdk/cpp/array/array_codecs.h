// The serializers of NDArray.
//
// Each reads its own format only; for a value in another format, the error names both.
//
// Threading: functions without state; codecs are thread-safe.
#pragma once

#include "graph/native/codec_set.h"
#include "worker_sdk/cpp/array/ndarray.h"

namespace orrery {

// application/x-npy, the format of numpy.load. Inside a struct it is __tkr_bytes__.
graph::ValueCodec<NDArray> NpyCodec();

// application/json: nested lists. Inside a struct it is inline.
graph::ValueCodec<NDArray> JsonListCodec();

// application/x-orrery-raw-array (raw_array.h). Inside a struct it is __tkr_bytes__.
graph::ValueCodec<NDArray> RawCodec();

}  // namespace orrery
