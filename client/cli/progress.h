// How a workflow is going, on standard error: one line that changes on a terminal, a line per
// change that matters elsewhere.
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
  // How often the line on a terminal changes, and how often counts are worth a line elsewhere.
  static constexpr absl::Duration kTerminalInterval = absl::Milliseconds(100);
  static constexpr absl::Duration kPlainInterval = absl::Seconds(5);

  // Both outlive this object.
  Progress(Console& console, const Clock& clock);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Leaves an empty line behind on a terminal.
  ~Progress();

  // Shows the workflow as it is, with the first task that reports progress, unless it was shown too
  // recently. A settled one is not shown: its end is the command's to tell.
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
std::string DescribeTaskProgress(const client::TaskProgress& task);

// "2 finished, 1 running, 0 ready"
std::string DescribeCounts(const client::NodeCounts& counts);

}  // namespace orrery::cli
