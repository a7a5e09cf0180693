// What a task throws to fail with a message of its own.
//
// Any other exception fails the attempt too, with its type in front of its message. A failed
// attempt is tried again if the failure policy allows it, unless the task says that it must not be.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace orrery {

enum class Retry {
  kByPolicy,  // Another attempt is made if the failure policy allows one.
  kNever,     // No other attempt is made, whatever the policy allows.
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
