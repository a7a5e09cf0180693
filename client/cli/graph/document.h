// What a command made for a file: written there, or to standard output.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/cli/commands.h"

namespace orrery::cli {

struct Document {
  // "dot", "svg", "proto", ...
  std::string_view format;
  std::string bytes;
  bool is_text = true;
};

// `path` empty or -: standard output. In JSON one object tells "format" and, of a file, "file" and
// "size", else the "text" or the "base64" of the document itself.
absl::Status WriteDocument(Invocation& invocation, const Document& document,
                           const std::string& path);

}  // namespace orrery::cli
