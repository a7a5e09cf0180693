// The files that the graph commands read and write; - is standard input or output.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/commands.h"
#include "graph/codec/graph_format.h"
#include "graph/graph.h"

namespace orrery::cli {

struct GraphFile {
  graph::Graph graph;
  graph::GraphFormat format = graph::GraphFormat::kJson;
};

// Reads a graph in `format`, else the format of the path's ending, else the format that the content
// looks like.
//
// Errors: kNotFound if the file does not exist; kInvalidArgument if it cannot be read or is not a
// graph in its format. Messages begin with the path.
absl::StatusOr<GraphFile> ReadGraphFile(Console& console, const std::string& path,
                                        std::optional<graph::GraphFormat> format = {});

struct Document {
  // "dot", "svg", "proto", ...
  std::string_view format;
  std::string bytes;
  bool is_text = true;
};

// Writes `document` to standard output if `path` is empty or -. With -o json, prints one object:
// "format", and "file" and "size" of a file, else the document as "text" or "base64".
absl::Status WriteDocument(Invocation& invocation, const Document& document,
                           const std::string& path);

}  // namespace orrery::cli
