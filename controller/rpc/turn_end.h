// Who has something to write when the loop's turn ends: what came together goes out together.
//
// Threading: confined to the loop thread.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

namespace orrery::rpc {

class TurnEndListener {
 public:
  virtual void OnTurnEnd() = 0;

 protected:
  ~TurnEndListener() = default;
};

class TurnEnd {
 public:
  // Once a turn is enough. `listener` removes itself before its life ends.
  void Add(TurnEndListener& listener) {
    if (std::ranges::find(next_, &listener) == next_.end()) next_.push_back(&listener);
  }
  void Remove(TurnEndListener& listener) {
    std::ranges::replace(next_, &listener, nullptr);
    std::ranges::replace(current_, &listener, nullptr);
  }

  // Those who add themselves meanwhile are for the next turn.
  void Run() {
    current_ = std::exchange(next_, {});
    for (std::size_t i = 0; i < current_.size(); ++i) {
      if (current_[i] != nullptr) current_[i]->OnTurnEnd();
    }
    current_.clear();
  }

  bool is_empty() const { return next_.empty(); }

 private:
  std::vector<TurnEndListener*> next_;
  std::vector<TurnEndListener*> current_;
};

}  // namespace orrery::rpc
