#include "client/cli/interrupt.h"

#include <signal.h>

#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

TEST(InterruptNoticeDeathTest, SignalWritesTheTextAndThenEndsTheProcess) {
  EXPECT_EXIT(
      {
        const InterruptNotice notice({.out = "", .err = "continues without this command"});
        raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "continues without this command");
}

TEST(InterruptNoticeTest, EndOfItsLifeRestoresWhatWasBefore) {
  struct sigaction before = {};
  sigaction(SIGINT, nullptr, &before);
  { const InterruptNotice notice({.out = "", .err = ""}); }

  struct sigaction after = {};
  sigaction(SIGINT, nullptr, &after);

  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

}  // namespace
}  // namespace orrery::cli
