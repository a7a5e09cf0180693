// The JSON encoding of values, byte for byte as Python's json.dumps writes it.
//
// Separators ", " and ": ", ASCII with \uXXXX, shortest round-trip floats ("1.0", "1e+22"), NaN,
// Infinity and -Infinity, integers in full. Bytes inside JSON are
// {"__tkr_bytes__": true, "bytes": "<base64>"}, complex numbers {"__tkr_complex__": [re, im]}; both
// are recognised at any depth when reading. A repeated key counts once, with its last value. A lone
// surrogate, legal as \udXXX, is kept (graph/utf8.h) and written back as it was. Our own reader and
// writer because no packaged library reads Python's dialect (NaN, integers of any size, int kept
// apart from float).
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "graph/datum.h"

namespace orrery::graph {

// kInvalidArgument: not JSON, with line and column; kResourceExhausted: a limit of graph/limits.h.
absl::StatusOr<Datum> ParseJson(std::string_view text);

enum class JsonStyle {
  kPython,   // ", " and ": ", what values are stored as.
  kCompact,  // "," and ":", what nodes are shown as.
};

std::string WriteJson(const Datum& datum, JsonStyle style = JsonStyle::kPython);

// A str, which is valid UTF-8 but for lone surrogates.
std::string WriteJsonText(std::string_view text);

// repr() of a Python float: "0.1", "1e+22", "-0.0", "nan" is written "NaN".
std::string WriteFloat(double value);

}  // namespace orrery::graph
