#include "client/cli/graph/graph_file.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "base/status_macros.h"
#include "client/cli/input_file.h"
#include "client/cli/json_output.h"
#include "client/cli/output_file.h"
#include "fmt/format.h"
#include "graph/datum.h"

namespace orrery::cli {
absl::StatusOr<GraphFile> ReadGraphFile(Console& console, const std::string& path,
                                        std::optional<graph::GraphFormat> format) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadInputFile(console, path, kGraphFileBytes));
  if (!format.has_value()) format = graph::FormatOfPath(path);
  if (!format.has_value()) format = graph::FormatOfBytes(bytes);
  absl::StatusOr<graph::Graph> graph = graph::ReadGraph(bytes, *format);
  if (graph.ok()) return GraphFile{*std::move(graph), *format};
  return absl::InvalidArgumentError(
      fmt::format("{}: {}", SourceName(path), std::string(graph.status().message())));
}

absl::Status WriteDocument(Invocation& invocation, const Document& document,
                           const std::string& path) {
  graph::Object object = {{"format", document.format}};
  if (!path.empty() && path != kStandardStream) {
    ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
    RETURN_IF_ERROR(file.Append(document.bytes));
    RETURN_IF_ERROR(std::move(file).Commit());
    object.emplace_back("file", path);
    object.emplace_back("size", document.bytes.size());
  } else if (!invocation.is_json()) {
    invocation.console.bytes_out() << document.bytes << std::flush;
  } else if (document.is_text) {
    object.emplace_back("text", document.bytes);
  } else {
    object.emplace_back("base64", absl::Base64Escape(document.bytes));
  }
  if (invocation.is_json()) PrintJson(invocation.console, object);
  return absl::OkStatus();
}

}  // namespace orrery::cli
