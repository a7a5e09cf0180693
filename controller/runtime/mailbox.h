// How other threads talk to the loop: they post a function, the loop runs it.
//
// Threading: Post is thread-safe; Drain belongs to the loop thread. `wake` is called by the poster
// for the first message that shall not wait, so that one wake-up serves all that is posted before
// it is heard.
#pragma once

#include <functional>
#include <vector>

#include "base/mutex.h"
#include "base/thread_annotations.h"

namespace orrery::runtime {

class Mailbox {
 public:
  using Message = std::function<void()>;

  // `wake` makes the loop call Drain soon; it must be thread-safe and must not block.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void Post(Message message);
  // Without waking the loop: it runs in the next turn, whatever brings that about.
  void PostForLater(Message message);

  // Runs what was posted, in order; returns how many. What they post runs in the next Drain.
  std::size_t Drain();

 private:
  const std::function<void()> wake_;

  Mutex mutex_;
  std::vector<Message> messages_ GUARDED_BY(mutex_);
  bool is_awake_ GUARDED_BY(mutex_) = false;  // Since the last Drain.
};

}  // namespace orrery::runtime
