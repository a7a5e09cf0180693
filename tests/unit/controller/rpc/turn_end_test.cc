#include "controller/rpc/turn_end.h"

#include <functional>

#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

class Listener final : public TurnEndListener {
 public:
  void OnTurnEnd() override {
    ++calls;
    if (then) then();
  }

  int calls = 0;
  std::function<void()> then;
};

TEST(TurnEndTest, ListenerIsCalledOnceHoweverOftenItWasAdded) {
  TurnEnd turn_end;
  Listener listener;
  turn_end.Add(listener);
  turn_end.Add(listener);

  turn_end.Run();
  turn_end.Run();

  EXPECT_EQ(listener.calls, 1);
}

TEST(TurnEndTest, WhoIsAddedMeanwhileIsForTheNextTurn) {
  TurnEnd turn_end;
  Listener listener;
  listener.then = [&] { turn_end.Add(listener); };
  turn_end.Add(listener);

  turn_end.Run();

  EXPECT_EQ(listener.calls, 1);
  EXPECT_FALSE(turn_end.is_empty());
}

TEST(TurnEndTest, WhoIsRemovedMeanwhileIsNotCalled) {
  TurnEnd turn_end;
  Listener first;
  Listener second;
  first.then = [&] { turn_end.Remove(second); };
  turn_end.Add(first);
  turn_end.Add(second);

  turn_end.Run();

  EXPECT_EQ(second.calls, 0);
}

}  // namespace
}  // namespace orrery::rpc
