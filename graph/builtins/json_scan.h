// Where the parts of a JSON text begin and end, found without building data.
//
// Accepts the grammar and the limits of graph/json.h, at many times its speed. What the objects
// that stand for bytes and complex numbers hold is not looked at; a reader of the part finds that.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace orrery::graph {

// Whether the text starts, after white space, as a list does.
bool StartsJsonList(std::string_view text);

// The elements of a list without the white space around them, as parts of `text`. Errors as of
// ParseJson. Requires StartsJsonList.
absl::StatusOr<std::vector<std::string_view>> ScanJsonList(std::string_view text);

// OK if the text is one value that may stand inside `depth` lists or objects. Errors as of
// ParseJson.
absl::Status ScanJsonValue(std::string_view text, std::size_t depth = 0);

}  // namespace orrery::graph
