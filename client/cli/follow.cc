#include "client/cli/follow.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/clock.h"
#include "base/digest.h"
#include "base/limit.h"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "client/cli/interrupt.h"
#include "client/cli/json_output.h"
#include "client/cli/progress.h"
#include "client/cli/text_output.h"
#include "fmt/format.h"
#include "graph/json.h"

namespace orrery::cli {
namespace {

// Returns a workflow whose end is not known, with `error`.
graph::Object UnfinishedToJson(const client::Workflow& workflow, graph::Object error) {
  graph::Object object = WorkflowToJson(workflow);
  object.emplace_back("error", std::move(error));
  return object;
}

InterruptNotice::Text NoticeFor(const Invocation& invocation, const Uuid& id) {
  const std::string hint = InterruptHint(id);
  InterruptNotice::Text text{.err = "\n" + hint + "\n"};
  if (invocation.is_json()) {
    text.out = JsonLine(UnfinishedToJson({.id = id}, ErrorToJson("interrupted", hint)));
  }
  return text;
}

// Returns true for JSON that FetchJsonValues left where it is.
bool IsTooLargeToShow(const graph::Value& value) {
  return value.media_type == graph::kMediaTypeJson && !value.is_inline();
}

}  // namespace

void AddFollowOptions(CLI::App& command, FollowOptions& options) {
  command
      .add_option_function<double>(
          "--timeout", [&options](double seconds) { options.timeout = absl::Seconds(seconds); },
          "Stop waiting after this many seconds; the workflow continues")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber);
  command.add_flag("-q,--quiet", options.is_quiet, "Print no progress on standard error");
}

std::string InterruptHint(const Uuid& id) {
  return fmt::format(
      "workflow {0} continues without this command\n"
      "  follow it: orrery watch {0}\n"
      "  stop it:   orrery cancel {0}",
      id.ToString());
}

absl::Status FetchJsonValues(client::Client& client, std::vector<graph::NamedValue>& values) {
  Budget budget(kShownBytes);
  std::map<Digest, graph::ValuePtr> fetched;
  for (graph::NamedValue& value : values) {
    if (value.value->is_inline() || value.value->media_type != graph::kMediaTypeJson) continue;
    if (value.value->size_bytes() > budget.left()) continue;
    budget.Spend(value.value->size_bytes());
    graph::ValuePtr& with_bytes = fetched[value.value->blob().digest];
    if (with_bytes == nullptr) {
      ASSIGN_OR_RETURN(graph::Value read, client.Fetch(*value.value));
      with_bytes = std::make_shared<const graph::Value>(std::move(read));
    }
    value.value = with_bytes;
  }
  return absl::OkStatus();
}

absl::Status PrintWorkflow(Invocation& invocation, client::Client& client,
                           client::Workflow workflow) {
  RETURN_IF_ERROR(FetchJsonValues(client, workflow.outputs));
  Console& console = invocation.console;
  if (invocation.is_json()) {
    PrintJson(console, WorkflowToJson(workflow));
    return absl::OkStatus();
  }
  console.err << "workflow " << workflow.id.ToString() << ' ' << DescribeEnd(workflow) << std::endl;
  for (const graph::NamedValue& output : workflow.outputs) {
    console.out << ShownText(output.name) << " = " << DescribeValue(*output.value);
    if (IsTooLargeToShow(*output.value)) {
      console.out << fmt::format(" too large to show: orrery output {} {} -O FILE",
                                 workflow.id.ToString(), ShownText(output.name));
    }
    console.out << '\n';
  }
  console.out << std::flush;
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> Follow(Invocation& invocation, client::Client& client, const Uuid& id,
                                const FollowOptions& options) {
  const SystemClock clock;
  std::optional<client::Workflow> last;
  absl::StatusOr<client::Workflow> settled = [&]() {
    const InterruptNotice notice(NoticeFor(invocation, id));
    Progress progress(invocation.console, clock);
    return client.Watch(id, options.timeout, [&](const client::Workflow& workflow) {
      last = workflow;
      if (!options.is_quiet) progress.Show(workflow);
    });
  }();
  if (settled.ok()) {
    const ExitCode code = ExitCodeFor(settled->status);
    RETURN_IF_ERROR(PrintWorkflow(invocation, client, *std::move(settled)));
    return code;
  }
  // No state of the workflow arrived: report the error alone.
  if (!last.has_value() || !invocation.is_json()) {
    if (last.has_value() && absl::IsDeadlineExceeded(settled.status())) {
      invocation.console.err << InterruptHint(id) << '\n';
    } else if (last.has_value()) {
      invocation.console.err << fmt::format(
          "workflow {0} may continue; look with: orrery show {0}\n", id.ToString());
    }
    return settled.status();
  }
  PrintJson(invocation.console, UnfinishedToJson(*last, ErrorToJson(settled.status())));
  return ExitCodeFor(settled.status());
}

}  // namespace orrery::cli
