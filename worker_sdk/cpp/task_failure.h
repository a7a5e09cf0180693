// The exception that a task throws to fail with a message of its own.
//
// Any other exception fails the attempt, too, with its type before its message. A failed attempt is
// retried if the failure policy allows it, unless the task forbids it.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace orrery {

enum class Retry {
  kByPolicy,  // Retries if the failure policy allows it.
  kNever,     // Does not retry.
};

class TaskFailure : public std::exception {
 public:
  explicit TaskFailure(std::string message, Retry retry = Retry::kByPolicy)
      : message_(std::move(message)), retry_(retry) {}

  const char* what() const noexcept override { return message_.c_str(); }
  Retry retry() const { return retry_; }

 private:
  std::string message_;
  Retry retry_;
};

}  // namespace orrery
