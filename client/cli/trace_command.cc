// trace: prints the outputs of a named loop.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/json_output.h"
#include "client/cli/listing.h"
#include "client/cli/text_output.h"
#include "fmt/format.h"
#include "graph/json.h"

namespace orrery::cli {
namespace {

constexpr std::uint64_t kPageIterationsMax = 1000;

struct TraceArguments {
  Uuid id;
  std::string loop;
  std::uint64_t offset = 0;
  std::size_t limit = kUnlimited;
};

// Reads all pages of the range that exist.
absl::StatusOr<client::LoopTrace> ReadTrace(client::Client& client,
                                            const TraceArguments& arguments) {
  client::LoopTrace trace;
  while (trace.iterations.size() < arguments.limit) {
    const std::uint64_t wanted =
        std::min<std::uint64_t>(kPageIterationsMax, arguments.limit - trace.iterations.size());
    ASSIGN_OR_RETURN(client::LoopTrace page,
                     client.Trace(arguments.id, arguments.loop,
                                  {.offset = arguments.offset + trace.iterations.size(),
                                   .limit = static_cast<std::uint32_t>(wanted)}));
    trace.total = page.total;
    if (page.iterations.empty()) break;
    for (std::vector<graph::NamedValue>& outputs : page.iterations) {
      RETURN_IF_ERROR(FetchJsonValues(client, outputs));
      trace.iterations.push_back(std::move(outputs));
    }
    if (arguments.offset + trace.iterations.size() >= trace.total) break;
  }
  return trace;
}

graph::Object TraceToJson(const TraceArguments& arguments, const client::LoopTrace& trace) {
  graph::List iterations;
  for (const std::vector<graph::NamedValue>& outputs : trace.iterations) {
    iterations.emplace_back(ValuesToJson(outputs));
  }
  return {{"workflow", arguments.id.ToString()},
          {"loop", arguments.loop},
          {"total", trace.total},
          {"offset", arguments.offset},
          {"iterations", std::move(iterations)}};
}

// "3: n = 4, more = true"
std::string DescribeIteration(std::uint64_t index, const std::vector<graph::NamedValue>& outputs) {
  std::string line = fmt::format("{}:", index);
  for (const graph::NamedValue& output : outputs) {
    line += fmt::format("{} {} = {}", &output == outputs.data() ? "" : ",", ShownText(output.name),
                        DescribeValue(*output.value));
  }
  return line;
}

absl::StatusOr<ExitCode> RunTrace(Invocation& invocation, const TraceArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const client::LoopTrace trace, ReadTrace(client, arguments));
  Console& console = invocation.console;
  if (invocation.is_json()) {
    PrintJson(console, TraceToJson(arguments, trace));
    return ExitCode::kOk;
  }
  std::uint64_t index = arguments.offset;
  for (const std::vector<graph::NamedValue>& outputs : trace.iterations) {
    console.out << DescribeIteration(index++, outputs) << '\n';
  }
  console.out << std::flush;
  if (trace.iterations.size() < trace.total) {
    console.err << fmt::format("{} of {} iterations", trace.iterations.size(), trace.total)
                << std::endl;
  } else if (trace.total == 0) {
    console.err << "no iteration has ended yet" << std::endl;
  }
  return ExitCode::kOk;
}

}  // namespace

void AddTraceCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<TraceArguments>();
  CLI::App* command =
      app.add_subcommand("trace", "Print the outputs of a named loop, iteration by iteration");
  AddWorkflowArgument(*command, arguments->id);
  command->add_option("loop", arguments->loop, "Name of the loop in the graph")
      ->type_name("LOOP")
      ->required();
  command->add_option("--offset", arguments->offset, "Skip the first N iterations (default: 0)")
      ->type_name("N");
  command->add_option("-n,--limit", arguments->limit, "Print at most N iterations (default: all)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery trace 207 training\n"
      "  orrery trace 207 training --offset 100 -n 10 -o json\n"
      "\n"
      "Only loops with a name keep a trace. While the workflow runs, prints the iterations so "
      "far.");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunTrace(invocation, *arguments); };
  });
}

}  // namespace orrery::cli
