// Runs functions that other threads post on the loop thread.
//
// Threading: Post and PostForLater are thread-safe; Drain belongs to the loop thread. The posting
// thread calls `wake` for the first message of Post since the last Drain.
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
  // Posts without waking the loop: the message runs in the next iteration.
  void PostForLater(Message message);

  // Runs the posted messages in order and returns their number. Messages that they post run in the
  // next Drain.
  std::size_t Drain();

 private:
  const std::function<void()> wake_;

  Mutex mutex_;
  std::vector<Message> messages_ GUARDED_BY(mutex_);
  bool is_awake_ GUARDED_BY(mutex_) = false;  // `wake` was called since the last Drain.
};

}  // namespace orrery::runtime
