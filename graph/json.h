// The JSON encoding of values, byte for byte as Python's json.dumps writes it: one grammar for the
// reader, which builds data, and for the scanner, which only checks and is many times faster.
//
// Separators ", " and ": ", ASCII with \uXXXX, shortest round-trip floats ("1.0", "1e+22"), NaN,
// Infinity and -Infinity, integers in full. Bytes inside JSON are
// {"__tkr_bytes__": true, "bytes": "<base64>"}, complex numbers {"__tkr_complex__": [re, im]}; both
// are recognised at any depth when reading. A repeated key counts once, with its last value. A lone
// surrogate, legal as \udXXX, is kept (graph/utf8.h) and written back as it was. No packaged
// library reads Python's dialect (NaN, integers of any size, int kept apart from float).
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/datum.h"

namespace orrery::graph {

// kInvalidArgument: not JSON, with line and column; kResourceExhausted: a limit of graph/limits.h.
absl::StatusOr<Datum> ParseJson(std::string_view text);

// Tells whether the text starts, after white space, as a list does.
bool StartsJsonList(std::string_view text);

// Returns the elements of a list without the white space around them, as parts of `text`. Accepts
// what ParseJson accepts, and the objects that stand for bytes and complex numbers whatever they
// hold. Errors as of ParseJson. Requires StartsJsonList.
absl::StatusOr<std::vector<std::string_view>> ScanJsonList(std::string_view text);

// Checks, as ScanJsonList does, that the text is one value that may stand inside `depth` lists or
// objects. Errors as of ParseJson.
absl::Status ScanJsonValue(std::string_view text, std::size_t depth = 0);

enum class JsonStyle {
  kPython,    // ", " and ": ", as values are stored.
  kCompact,   // "," and ":", as nodes are shown.
  kReadable,  // Indented by two spaces, and not only ASCII.
};

std::string WriteJson(const Datum& datum, JsonStyle style = JsonStyle::kPython);

// A str, which is valid UTF-8 but for lone surrogates.
std::string WriteJsonText(std::string_view text);

// repr() of a Python float: "0.1", "1e+22", "-0.0", "nan" is written "NaN".
std::string WriteFloat(double value);

}  // namespace orrery::graph
