#include "graph/native/media_type.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "base/utf8.h"
#include "graph/json.h"
#include "graph/native/conversion_path.h"
#include <fmt/format.h>

namespace orrery::graph::internal {

bool IsReadBy(std::string_view media_type, std::string_view own,
              const std::vector<std::string>& also_reads) {
  return media_type.empty() || media_type == own ||
         std::ranges::find(also_reads, media_type) != also_reads.end();
}

absl::Status MediaTypeMismatch(std::string_view found, std::string_view type_name,
                               std::string_view own, const std::vector<std::string>& also_reads) {
  std::vector<std::string> reads = {std::string(own)};
  reads.insert(reads.end(), also_reads.begin(), also_reads.end());
  return absl::InvalidArgumentError(fmt::format("value is {}, the deserializer of {} reads {}",
                                                found, type_name, absl::StrJoin(reads, ", ")));
}

absl::StatusOr<Value> EncodeText(std::string_view text) {
  if (!IsValidUtf8(text))
    return ConversionPath().Error("a str is not valid UTF-8; raw data is Bytes");
  return JsonValue(WriteJsonText(text), "str");
}

bool IsJsonNull(const Value& value) {
  if (value.media_type != kMediaTypeJson && !value.media_type.empty()) return false;
  const std::string_view bytes = value.bytes();
  return absl::StripAsciiWhitespace({bytes.data(), bytes.size()}) == "null";
}

std::vector<std::string> JoinFormats(const std::vector<std::vector<std::string>>& lists) {
  std::vector<std::string> joined;
  for (const std::vector<std::string>& list : lists) {
    for (const std::string& format : list) {
      if (std::ranges::find(joined, format) == joined.end()) joined.push_back(format);
    }
  }
  return joined;
}

}  // namespace orrery::graph::internal
