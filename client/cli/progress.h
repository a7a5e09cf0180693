// Shows the progress of a workflow on standard error: one changing line on a terminal, elsewhere a
// line for each change, at most one per interval.
//
// Threading: thread-compatible.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "client/cli/console.h"
#include "client/cpp/workflow.h"

namespace orrery::cli {

class Progress {
 public:
  // Least intervals between two lines on a terminal, and elsewhere.
  static constexpr absl::Duration kTerminalInterval = absl::Milliseconds(100);
  static constexpr absl::Duration kPlainInterval = absl::Seconds(5);

  // Requires: both outlive this object.
  Progress(Console& console, const Clock& clock);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Erases the line on a terminal.
  ~Progress();

  // Shows the workflow with the first task that reports progress, unless the interval since the
  // last line is too short. Does not show a settled workflow: the command prints its end.
  void Show(const client::Workflow& workflow);

 private:
  void ShowOnTerminal(const std::string& line);
  void ShowReasons(const client::Workflow& workflow);
  void Erase();

  Console& console_;
  const Clock& clock_;
  absl::Time shown_at_ = absl::InfinitePast();
  bool is_line_open_ = false;
  std::string last_line_;
  std::vector<std::string> last_reasons_;
};

// "-.N3 worker.task 40 %: reading"
std::string DescribeTaskProgress(const client::TaskReport& task);

// "2 finished, 1 running, 0 ready"
std::string DescribeCounts(const client::NodeCounts& counts);

}  // namespace orrery::cli
