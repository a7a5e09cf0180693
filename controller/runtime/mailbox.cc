#include "controller/runtime/mailbox.h"

#include <utility>

namespace orrery::runtime {

void Mailbox::Post(Message message) {
  bool was_awake = false;
  {
    MutexLock lock(mutex_);
    was_awake = std::exchange(is_awake_, true);
    messages_.push_back(std::move(message));
  }
  if (!was_awake) wake_();
}

void Mailbox::PostForLater(Message message) {
  MutexLock lock(mutex_);
  messages_.push_back(std::move(message));
}

std::size_t Mailbox::Drain() {
  std::vector<Message> messages;
  {
    MutexLock lock(mutex_);
    messages.swap(messages_);
    is_awake_ = false;
  }
  for (Message& message : messages) message();
  return messages.size();
}

}  // namespace orrery::runtime
