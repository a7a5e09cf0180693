#include "client/cli/progress.h"

#include <sstream>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

class ManualClock : public Clock {
 public:
  absl::Time Now() const override { return now; }

  absl::Time now = absl::UnixEpoch();
};

class ProgressTest : public ::testing::Test {
 protected:
  client::Workflow Finished(std::uint64_t count) const {
    return {.submitted_at = absl::UnixEpoch(), .nodes = {.running = 1, .finished = count}};
  }

  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  Console console_{.in = in_, .out = out_, .err = err_};
  ManualClock clock_;
};

TEST_F(ProgressTest, PlainLinesAreFewAndOnlyForChanges) {
  Progress progress(console_, clock_);

  progress.Show(Finished(1));
  progress.Show(Finished(2));
  clock_.now += Progress::kPlainInterval;
  progress.Show(Finished(1));
  progress.Show(Finished(3));
  progress.Show(Finished(4));

  EXPECT_EQ(err_.str(),
            "1 finished, 1 running, 0 ready\n"
            "3 finished, 1 running, 0 ready\n");
}

TEST_F(ProgressTest, TerminalLineIsRewrittenAndErasedAtTheEnd) {
  console_.is_err_terminal = true;
  {
    Progress progress(console_, clock_);
    progress.Show(Finished(1));
    progress.Show(Finished(2));
    clock_.now += Progress::kTerminalInterval;
    progress.Show(Finished(3));
  }

  EXPECT_EQ(err_.str(),
            "\r\x1b[K1 finished, 1 running, 0 ready, 0"
            "\r\x1b[K3 finished, 1 running, 0 ready, 100ms"
            "\r\x1b[K");
}

TEST_F(ProgressTest, ReasonsToWaitAreToldOnceEach) {
  Progress progress(console_, clock_);
  client::Workflow workflow = Finished(0);
  workflow.waiting_for = {"no worker offers demo.linspace"};

  progress.Show(workflow);
  progress.Show(workflow);

  EXPECT_EQ(err_.str(),
            "waiting: no worker offers demo.linspace\n"
            "0 finished, 1 running, 0 ready\n");
}

}  // namespace
}  // namespace orrery::cli
