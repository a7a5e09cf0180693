// The part of encoding that does not depend on the C++ type.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/value.h"

namespace orrery::graph::internal {

// Returns true if a codec reads the media type. An empty media type counts as the codec's own.
bool IsReadBy(std::string_view media_type, std::string_view own,
              const std::vector<std::string>& also_reads);

// Returns an error such as "value is application/json, the deserializer of numpy.ndarray reads
// application/x-npy".
absl::Status MediaTypeMismatch(std::string_view found, std::string_view type_name,
                               std::string_view own, const std::vector<std::string>& also_reads);

// Returns a str as JSON.
//
// Errors: kInvalidArgument if it is not UTF-8.
absl::StatusOr<Value> EncodeText(std::string_view text);

bool IsJsonNull(const Value& value);

std::vector<std::string> JoinFormats(const std::vector<std::vector<std::string>>& lists);

}  // namespace orrery::graph::internal
