// Writes a document that a command made to a file or to standard output.
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

// Writes to standard output if `path` is empty or -. With -o json, prints one object: "format", and
// "file" and "size" of a file, else the document as "text" or "base64".
absl::Status WriteDocument(Invocation& invocation, const Document& document,
                           const std::string& path);

}  // namespace orrery::cli
