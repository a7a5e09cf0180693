#include "client/cli/progress.h"

#include <utility>

#include "base/shown_text.h"
#include "fmt/format.h"
#include "graph/render/printable.h"

namespace orrery::cli {
namespace {

constexpr const char* kEraseLine = "\r\x1b[K";
constexpr const char* kDim = "\x1b[2m";
constexpr const char* kPlain = "\x1b[0m";
constexpr std::size_t kNoteCharactersMax = 60;

}  // namespace

Progress::Progress(Console& console, const Clock& clock) : console_(console), clock_(clock) {}

Progress::~Progress() { Erase(); }

void Progress::Show(const client::Workflow& workflow) {
  if (workflow.is_settled()) {
    Erase();
    return;
  }
  ShowReasons(workflow);
  const absl::Time now = clock_.Now();
  const absl::Duration interval = console_.is_err_terminal ? kTerminalInterval : kPlainInterval;
  if (now - shown_at_ < interval) return;
  std::string line = DescribeCounts(workflow.nodes);
  if (!workflow.progress.empty()) line += "; " + DescribeTaskProgress(workflow.progress.front());
  if (line == last_line_ && !console_.is_err_terminal) return;
  shown_at_ = now;
  if (console_.is_err_terminal) {
    ShowOnTerminal(fmt::format(
        "{}, {}", line,
        absl::FormatDuration(absl::Trunc(now - workflow.submitted_at, absl::Milliseconds(100)))));
  } else {
    console_.err << line << std::endl;
  }
  last_line_ = std::move(line);
}

void Progress::ShowOnTerminal(const std::string& line) {
  console_.colors_err() << kEraseLine << (console_.has_color ? kDim : "") << ShownText(line)
                        << (console_.has_color ? kPlain : "") << std::flush;
  is_line_open_ = true;
}

void Progress::ShowReasons(const client::Workflow& workflow) {
  if (workflow.waiting_for == last_reasons_) return;
  last_reasons_ = workflow.waiting_for;
  Erase();
  for (const std::string& reason : last_reasons_) {
    console_.err << "waiting: " << ShownLines(reason, "  ") << '\n';
  }
  console_.err << std::flush;
}

void Progress::Erase() {
  if (!is_line_open_) return;
  console_.colors_err() << kEraseLine << std::flush;
  is_line_open_ = false;
}

std::string DescribeTaskProgress(const client::TaskReport& task) {
  const std::string note = graph::Printable(task.progress.note, kNoteCharactersMax);
  return fmt::format("{} {} {:.0f} %{}{}", task.location.ToString(), ShownText(task.function_name),
                     100 * task.progress.fraction, note.empty() ? "" : ": ", note);
}

std::string DescribeCounts(const client::NodeCounts& counts) {
  std::string text = fmt::format("{} finished", counts.finished);
  if (counts.cached > 0) text += fmt::format(" ({} from the cache)", counts.cached);
  text += fmt::format(", {} running, {} ready", counts.running, counts.ready);
  if (counts.failed > 0) text += fmt::format(", {} failed", counts.failed);
  return text;
}

}  // namespace orrery::cli
