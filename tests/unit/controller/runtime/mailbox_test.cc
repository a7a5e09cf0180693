#include "controller/runtime/mailbox.h"

#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::runtime {
namespace {

using ::testing::ElementsAre;

class MailboxTest : public ::testing::Test {
 protected:
  int wakes_ = 0;
  Mailbox mailbox_{[this] { ++wakes_; }};
  std::vector<int> ran_;
};

TEST_F(MailboxTest, MessagesRunInTheOrderTheyWerePosted) {
  for (int i = 0; i < 3; ++i) mailbox_.Post([this, i] { ran_.push_back(i); });

  EXPECT_EQ(mailbox_.Drain(), 3u);

  EXPECT_THAT(ran_, ElementsAre(0, 1, 2));
}

TEST_F(MailboxTest, OneWakeUpServesAllThatIsPostedBeforeIt) {
  mailbox_.Post([] {});
  mailbox_.Post([] {});
  EXPECT_EQ(wakes_, 1);

  mailbox_.Drain();
  mailbox_.Post([] {});

  EXPECT_EQ(wakes_, 2);
}

TEST_F(MailboxTest, WhatIsPostedForLaterWakesNobody) {
  mailbox_.PostForLater([this] { ran_.push_back(1); });
  EXPECT_EQ(wakes_, 0);

  mailbox_.Post([this] { ran_.push_back(2); });
  EXPECT_EQ(wakes_, 1);
  mailbox_.Drain();

  EXPECT_THAT(ran_, ElementsAre(1, 2));
}

TEST_F(MailboxTest, WhatAMessagePostsRunsInTheNextDrain) {
  mailbox_.Post([this] { mailbox_.Post([this] { ran_.push_back(1); }); });

  EXPECT_EQ(mailbox_.Drain(), 1u);
  EXPECT_THAT(ran_, ElementsAre());
  EXPECT_EQ(wakes_, 2);

  EXPECT_EQ(mailbox_.Drain(), 1u);
  EXPECT_THAT(ran_, ElementsAre(1));
}

TEST_F(MailboxTest, AnEmptyMailboxHasNothingToRun) { EXPECT_EQ(mailbox_.Drain(), 0u); }

TEST(MailboxThreadsTest, NothingThatOtherThreadsPostIsLostOrReordered) {
  constexpr int kThreads = 4;
  constexpr int kMessages = 2000;
  Mutex mutex;
  CondVar woken;
  bool is_woken = false;
  Mailbox mailbox([&] {
    MutexLock lock(mutex);
    is_woken = true;
    woken.NotifyOne();
  });
  std::vector<std::vector<int>> ran(kThreads);
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kThreads; ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < kMessages; ++i) {
        mailbox.Post([&ran, poster, i] { ran[static_cast<std::size_t>(poster)].push_back(i); });
      }
    });
  }

  for (std::size_t count = 0; count < kThreads * kMessages;) {
    {
      MutexLock lock(mutex);
      while (!is_woken) woken.Wait(mutex);
      is_woken = false;
    }
    count += mailbox.Drain();
  }
  for (std::thread& poster : posters) poster.join();

  for (const std::vector<int>& order : ran) {
    ASSERT_EQ(order.size(), static_cast<std::size_t>(kMessages));
    EXPECT_TRUE(std::ranges::is_sorted(order));
  }
}

}  // namespace
}  // namespace orrery::runtime
