// Converts between decoded data and values.
//
// Top-level bytes are stored as they are; everything else as JSON (graph/json.h).
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/datum.h"
#include "graph/value.h"

namespace orrery::graph {

Value EncodeValue(const Datum& datum);

// Reads a JSON value as JSON and an octet-stream as Bytes. An empty media type tries JSON first,
// then raw bytes. Requires: an inline value.
//
// Errors: kInvalidArgument for another media type, or for bytes that do not match it.
absl::StatusOr<Datum> DecodeValue(const Value& value);

}  // namespace orrery::graph
