#include "controller/runtime/mailbox.h"

#include <utility>

namespace orrery::runtime {

void Mailbox::Post(Message message) {
  bool was_empty = false;
  {
    MutexLock lock(mutex_);
    was_empty = messages_.empty();
    messages_.push_back(std::move(message));
  }
  if (was_empty) wake_();
}

std::size_t Mailbox::Drain() {
  std::vector<Message> messages;
  {
    MutexLock lock(mutex_);
    messages.swap(messages_);
  }
  for (Message& message : messages) message();
  return messages.size();
}

}  // namespace orrery::runtime
