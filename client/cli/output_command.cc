// output: writes the bytes of one output of a workflow.
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/json_output.h"
#include "client/cli/output_file.h"
#include "fmt/format.h"

namespace orrery::cli {
namespace {

struct OutputArguments {
  Uuid id;
  std::string port;
  std::string path;
};

// Writes the bytes of an inline value, or the pieces of a blob, to the sink.
absl::Status Transfer(client::Client& client, const graph::Value& value,
                      const client::Client::ByteSink& sink) {
  return value.is_inline() ? sink(value.bytes()) : client.ReadBlob(value.blob(), sink);
}

absl::Status WriteToFile(client::Client& client, const graph::Value& value,
                         const std::string& path) {
  ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  RETURN_IF_ERROR(
      Transfer(client, value, [&file](std::string_view piece) { return file.Append(piece); }));
  return std::move(file).Commit();
}

absl::Status WriteToConsole(client::Client& client, const graph::Value& value, Console& console) {
  std::ostream& out = console.bytes_out();
  RETURN_IF_ERROR(Transfer(client, value, [&out](std::string_view piece) {
    out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    return out.good() ? absl::OkStatus() : absl::UnknownError("cannot write to standard output");
  }));
  if (console.is_out_terminal && value.media_type == graph::kMediaTypeJson) out << '\n';
  out << std::flush;
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunOutput(Invocation& invocation, const OutputArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(graph::Value value, client.FindOutput(arguments.id, arguments.port));
  graph::Object object = {{"workflow", arguments.id.ToString()}, {"port", arguments.port}};
  if (!arguments.path.empty()) {
    RETURN_IF_ERROR(WriteToFile(client, value, arguments.path));
    object.emplace_back("file", arguments.path);
    object.emplace_back("media_type", value.media_type);
    object.emplace_back("size", value.size_bytes());
    object.emplace_back("digest", graph::ContentDigest(value).ToHex());
  } else if (invocation.is_json()) {
    if (value.media_type == graph::kMediaTypeJson) {
      ASSIGN_OR_RETURN(value, client.Fetch(std::move(value)));
    }
    object.emplace_back("value", ValueToJson(value));
  } else {
    RETURN_IF_ERROR(WriteToConsole(client, value, invocation.console));
  }
  if (invocation.is_json()) PrintJson(invocation.console, object);
  return ExitCode::kOk;
}

}  // namespace

void AddOutputCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<OutputArguments>();
  CLI::App* command =
      app.add_subcommand("output", "Write the bytes of one output to standard output or a file");
  AddWorkflowArgument(*command, arguments->id);
  command->add_option("port", arguments->port, "Port of the output")->type_name("PORT")->required();
  command->add_option("-O,--file", arguments->path, "Write to this file instead of stdout")
      ->type_name("FILE");
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery output 207 a -O a.npy\n"
      "  orrery output 207 p -o json");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunOutput(invocation, *arguments); };
  });
}

}  // namespace orrery::cli
