#include "client/cli/graph/document.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "base/status_macros.h"
#include "client/cli/graph/graph_source.h"
#include "client/cli/output_file.h"
#include "graph/datum.h"
#include "graph/json.h"

namespace orrery::cli {

absl::Status WriteDocument(Invocation& invocation, const Document& document,
                           const std::string& path) {
  graph::Object told = {{"format", document.format}};
  if (!path.empty() && path != kStandardStream) {
    ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
    RETURN_IF_ERROR(file.Append(document.bytes));
    RETURN_IF_ERROR(std::move(file).Commit());
    told.emplace_back("file", path);
    told.emplace_back("size", document.bytes.size());
  } else if (!invocation.is_json()) {
    invocation.console.out << document.bytes << std::flush;
  } else if (document.is_text) {
    told.emplace_back("text", document.bytes);
  } else {
    told.emplace_back("base64", absl::Base64Escape(document.bytes));
  }
  if (invocation.is_json()) invocation.console.out << graph::WriteJson(told) << std::endl;
  return invocation.console.out.good() ? absl::OkStatus()
                                       : absl::UnknownError("cannot write to standard output");
}

}  // namespace orrery::cli
