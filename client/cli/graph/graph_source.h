// Graphs as the command line names them: a file, or - for standard input, of either format.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/cli/console.h"
#include "graph/codec/graph_format.h"
#include "graph/graph.h"

namespace orrery::cli {

inline constexpr std::string_view kStandardStream = "-";

// How messages call it.
std::string SourceName(const std::string& path);

struct GraphFile {
  graph::Graph graph;
  graph::GraphFormat format = graph::GraphFormat::kJson;
};

// kNotFound: no such file. kInvalidArgument: it cannot be read, or holds no graph of its format:
// the one given, else that of its ending, else the one it looks like. Messages lead with the path.
absl::StatusOr<GraphFile> ReadGraphFile(Console& console, const std::string& path,
                                        std::optional<graph::GraphFormat> format = {});

}  // namespace orrery::cli
