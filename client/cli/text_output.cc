#include "client/cli/text_output.h"

#include <algorithm>
#include <string_view>

#include "base/shown_text.h"
#include "base/time_text.h"
#include "client/cli/json_output.h"
#include "client/cli/progress.h"
#include "fmt/format.h"

namespace orrery::cli {
namespace {

constexpr std::size_t kColumnGap = 2;

std::string FormatElapsed(absl::Duration elapsed) {
  elapsed = std::max(elapsed, absl::ZeroDuration());
  return absl::FormatDuration(
      absl::Trunc(elapsed, elapsed < absl::Minutes(1) ? absl::Milliseconds(1) : absl::Seconds(1)));
}

std::string DescribeFailure(const client::WorkflowFailure& failure) {
  std::string text = fmt::format("failed at {}", failure.location.ToString());
  if (!failure.function_name.empty()) {
    text += fmt::format(" ({})", ShownText(failure.function_name));
  }
  if (!failure.worker.empty()) {
    text += fmt::format(" on {} at {}", ShownText(failure.worker), ShownText(failure.host));
  }
  text += ": " + ShownLines(failure.error.message, "  ");
  if (!failure.error.details.empty()) text += "\n  " + ShownLines(failure.error.details, "  ");
  text += DescribeOutput(failure.error.output, "  ");
  for (const client::AttemptFailure& earlier : failure.earlier) {
    text += fmt::format("\nbefore, on {} at {}: {}", ShownText(earlier.worker),
                        ShownText(earlier.host), ShownLines(earlier.message, "  "));
  }
  return text;
}

}  // namespace

std::string FormatTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      widths[i] = std::max(widths[i], ShownWidth(ShownText(row[i])) + kColumnGap);
    }
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::size_t column = 0;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      const std::string cell = ShownText(row[i]);
      text += cell + std::string(widths[i] - ShownWidth(cell), ' ');
      column += widths[i];
    }
    if (!row.empty()) text += ShownLines(row.back(), std::string(column, ' '));
    text += '\n';
  }
  return text;
}

std::string DescribeOutput(const client::OutputTail& output, std::string_view indent) {
  if (output.text.empty()) return "";
  const std::string_view whose = output.is_shared ? "the worker's process wrote" : "it wrote";
  std::string text = fmt::format("\n{}{} last:", indent, whose);
  std::string_view rest = output.text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    text += fmt::format("\n{}| {}", indent, ShownText(line));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return text;
}

std::string DescribeEnd(const client::Workflow& workflow) {
  if (workflow.failure.has_value()) return DescribeFailure(*workflow.failure);
  if (!workflow.settled_at.has_value()) return std::string(client::StatusName(workflow.status));
  return fmt::format("{} in {}", client::StatusName(workflow.status),
                     FormatElapsed(*workflow.settled_at - workflow.submitted_at));
}

std::string DescribeValue(const graph::Value& value) {
  if (value.media_type == graph::kMediaTypeJson && value.is_inline()) {
    return ShownText(value.bytes());
  }
  return fmt::format("<{} bytes of {}>", value.size_bytes(), ShownText(value.media_type));
}

std::string DescribeElapsed(const client::Workflow& workflow, absl::Time now) {
  return FormatElapsed(workflow.settled_at.value_or(now) - workflow.submitted_at);
}

std::string DescribeChange(const client::Workflow& workflow, absl::Time now) {
  std::string text =
      fmt::format("{} {}: {}", DescribeElapsed(workflow, now), client::StatusName(workflow.status),
                  DescribeCounts(workflow.nodes));
  for (const std::string& reason : workflow.waiting_for) text += "; waiting: " + ShownText(reason);
  for (const client::TaskReport& task : workflow.progress) {
    text += "; " + DescribeTaskProgress(task);
  }
  return text;
}

std::string DescribeWorkflow(const client::Workflow& workflow, absl::Time now) {
  std::vector<std::vector<std::string>> rows = {
      {"workflow", workflow.id.ToString()},
      {"name", workflow.name},
      {"status", workflow.is_paused ? "paused" : std::string(client::StatusName(workflow.status))},
      {"submitted", FormatTimestamp(workflow.submitted_at)},
      {"took", DescribeElapsed(workflow, now)},
      {"nodes", DescribeCounts(workflow.nodes)}};
  if (workflow.source.has_value()) {
    rows.push_back({"reused", *workflow.source == workflow.id
                                  ? "outcomes of its earlier run"
                                  : fmt::format("outcomes of {}", workflow.source->ToString())});
  }
  for (const std::string& reason : workflow.waiting_for) rows.push_back({"waiting", reason});
  for (const client::TaskReport& task : workflow.progress) {
    rows.push_back({"progress", DescribeTaskProgress(task)});
  }
  for (const graph::NamedValue& output : workflow.outputs) {
    rows.push_back(
        {"output", fmt::format("{} = {}", ShownText(output.name), DescribeValue(*output.value))});
  }
  if (workflow.are_checkpoints_behind) {
    rows.push_back({"checkpoints", "files are still being written"});
  }
  if (!workflow.checkpoints_incomplete.empty()) {
    rows.push_back({"checkpoints", "files are missing: " + workflow.checkpoints_incomplete});
  }
  if (workflow.failure.has_value()) rows.push_back({"error", DescribeFailure(*workflow.failure)});
  return FormatTable(rows);
}

}  // namespace orrery::cli
