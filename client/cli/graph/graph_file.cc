#include "client/cli/graph/graph_file.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "client/cli/output_file.h"
#include "fmt/format.h"
#include "graph/datum.h"
#include "graph/json.h"
#include "graph/limits.h"

namespace orrery::cli {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

absl::StatusOr<std::string> ReadStandardInput(Console& console) {
  std::string bytes;
  std::string buffer(kReadBytes, '\0');
  while (console.in.read(buffer.data(), kReadBytes) || console.in.gcount() > 0) {
    bytes.append(buffer, 0, static_cast<std::size_t>(console.in.gcount()));
    if (bytes.size() > graph::kLimits.json_bytes_max) {
      return absl::InvalidArgumentError(
          fmt::format("the graph on standard input has more than {} bytes, the limit",
                      graph::kLimits.json_bytes_max));
    }
  }
  return bytes;
}

absl::StatusOr<std::string> ReadBytes(Console& console, const std::string& path) {
  if (path == kStandardStream) return ReadStandardInput(console);
  absl::StatusOr<std::string> bytes = ReadFile(path, graph::kLimits.json_bytes_max);
  if (bytes.ok() || bytes.status().code() == absl::StatusCode::kNotFound) return bytes;
  // Every other error means that the command line has to change.
  return absl::InvalidArgumentError(std::string(bytes.status().message()));
}

}  // namespace

std::string SourceName(const std::string& path) {
  return path == kStandardStream ? "standard input" : path;
}

absl::StatusOr<GraphFile> ReadGraphFile(Console& console, const std::string& path,
                                        std::optional<graph::GraphFormat> format) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadBytes(console, path));
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
    invocation.console.out << document.bytes << std::flush;
  } else if (document.is_text) {
    object.emplace_back("text", document.bytes);
  } else {
    object.emplace_back("base64", absl::Base64Escape(document.bytes));
  }
  if (invocation.is_json()) invocation.console.out << graph::WriteJson(object) << std::endl;
  return invocation.console.out.good() ? absl::OkStatus()
                                       : absl::UnknownError("cannot write to standard output");
}

}  // namespace orrery::cli
