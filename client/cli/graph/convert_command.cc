// graph convert: converts a graph from one format to the other.
#include <memory>
#include <optional>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/graph/graph_commands.h"
#include "client/cli/graph/graph_file.h"
#include "graph/codec/graph_format.h"

namespace orrery::cli {
namespace {

using graph::GraphFormat;

struct ConvertArguments {
  std::string graph_path;
  std::string path;
  std::optional<GraphFormat> from;
  std::optional<GraphFormat> to;
};

void AddFormatName(CLI::App& command, const std::string& flag, std::optional<GraphFormat>& format,
                   const std::string& description) {
  command
      .add_option_function<std::string>(
          flag,
          [&format](const std::string& name) {
            format = name == "json" ? GraphFormat::kJson : GraphFormat::kProto;
          },
          description)
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"json", "proto"}));
}

GraphFormat OtherFormat(GraphFormat format) {
  return format == GraphFormat::kJson ? GraphFormat::kProto : GraphFormat::kJson;
}

absl::StatusOr<ExitCode> RunConvert(Invocation& invocation, const ConvertArguments& arguments) {
  ASSIGN_OR_RETURN(const GraphFile file,
                   ReadGraphFile(invocation.console, arguments.graph_path, arguments.from));
  std::optional<GraphFormat> to = arguments.to;
  if (!to.has_value()) to = graph::FormatOfPath(arguments.path);
  if (!to.has_value()) to = OtherFormat(file.format);
  ASSIGN_OR_RETURN(std::string bytes, graph::WriteGraph(file.graph, *to));
  RETURN_IF_ERROR(WriteDocument(invocation,
                                {.format = graph::FormatName(*to),
                                 .bytes = std::move(bytes),
                                 .is_text = *to == GraphFormat::kJson},
                                arguments.path));
  return ExitCode::kOk;
}

}  // namespace

void AddGraphConvertCommand(CLI::App& graph, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<ConvertArguments>();
  CLI::App* command =
      graph.add_subcommand("convert", "Convert a graph between GraphData JSON and protobuf");
  AddGraphArgument(*command, arguments->graph_path);
  command->add_option("output", arguments->path, "File to write (default, or -: stdout)")
      ->type_name("OUT");
  AddFormatName(*command, "--from", arguments->from,
                "json or proto (default: from the file name, else the content)");
  AddFormatName(*command, "--to", arguments->to,
                "json or proto (default: from the name of OUT, .json, .pb or .binpb; else the "
                "format that the "
                "input does not have)");
  AddFormatOption(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery graph convert graph.json graph.pb\n"
      "  orrery graph convert graph.pb\n"
      "  make_graph | orrery graph convert - --to proto > graph.pb\n"
      "\n"
      "proto is the binary message orrery.graph.v1.Graph. Both formats hold the same information, "
      "and\n"
      "`orrery run -f` reads both.");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunConvert(invocation, *arguments); };
  });
}

}  // namespace orrery::cli
