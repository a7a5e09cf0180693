// The JSON encoding of values, byte for byte that of Python's json.dumps. One grammar serves the
// reader, which builds data, and the scanner, which only validates and is many times faster.
//
// Separators ", " and ": ", ASCII with \uXXXX, shortest round-trip floats ("1.0", "1e+22"), NaN,
// Infinity and -Infinity, integers in full. Bytes inside JSON are {"__tkr_bytes__": true, "bytes":
// "<base64>"}, complex numbers {"__tkr_complex__": [re, im]}; the reader recognizes both at any
// depth. A repeated key counts once, with its last value. A lone surrogate, legal as \udXXX, is
// kept (base/utf8.h) and written back unchanged. No packaged library reads Python's dialect (NaN,
// integers of any size, ints distinct from floats).
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

// Errors: kInvalidArgument, with line and column, if `text` is not JSON; kResourceExhausted beyond
// a limit of graph/limits.h.
absl::StatusOr<Datum> ParseJson(std::string_view text);
// Same, for text that people write: refuses a number such as 1e999, which Python reads as Infinity.
absl::StatusOr<Datum> ParseJsonInRange(std::string_view text);

// Returns true if the text, after white space, starts with a list.
bool StartsJsonList(std::string_view text);

// Returns the elements of a list, without the white space around them, as parts of `text`. Accepts
// what ParseJson accepts, and does not validate the objects that stand for bytes and complex
// numbers. Errors: those of ParseJson. Requires: StartsJsonList.
absl::StatusOr<std::vector<std::string_view>> ScanJsonList(std::string_view text);

// Validates, as ScanJsonList does, one value inside `depth` lists or objects. Errors: those of
// ParseJson.
absl::Status ScanJsonValue(std::string_view text, std::size_t depth = 0);

enum class JsonStyle {
  kPython,    // ", " and ": ", as in stored values.
  kCompact,   // "," and ":", as in node definitions.
  kReadable,  // Indented by two spaces; does not escape non-ASCII characters.
  // As kPython, but for any reader of JSON: null in place of numbers that are not finite, U+FFFD in
  // place of text that is not UTF-8. Loses nothing if IsStandardJson.
  kStandard,
};

std::string WriteJson(const Datum& datum, JsonStyle style = JsonStyle::kPython);

// Returns true if every number is finite and every text is UTF-8.
bool IsStandardJson(const Datum& datum);

// Writes a str: valid UTF-8, except for lone surrogates.
std::string WriteJsonText(std::string_view text);

// Writes a float as Python's repr() does: "0.1", "1e+22", "-0.0"; but "NaN" instead of "nan".
std::string WriteFloat(double value);

}  // namespace orrery::graph
