// Calls listeners at the end of a loop iteration, so that messages of one iteration are sent
// together.
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

  // For TurnEnd: sets whether it knows the listener, and returns whether it did.
  bool SetAdded(bool is_added) { return std::exchange(is_added_, is_added); }

 protected:
  ~TurnEndListener() = default;

 private:
  bool is_added_ = false;
};

class TurnEnd {
 public:
  // Adds a listener for this iteration; ignores duplicates. Requires: `listener` removes itself
  // before it is destroyed.
  void Add(TurnEndListener& listener) {
    if (!listener.SetAdded(true)) next_.push_back(&listener);
  }
  void Remove(TurnEndListener& listener) {
    std::ranges::replace(next_, &listener, nullptr);
    std::ranges::replace(current_, &listener, nullptr);
  }

  // Calls the listeners. Listeners that are added meanwhile are called in the next iteration.
  void Run() {
    current_ = std::exchange(next_, {});
    for (TurnEndListener* listener : current_) {
      if (listener != nullptr) listener->SetAdded(false);
    }
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
