// What a task throws to fail with a message of its own.
//
// Any other exception fails the attempt too, with its type in front of its message and without
// another try.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace orrery {

class TaskFailure : public std::exception {
 public:
  // `is_retryable`: another attempt may end differently.
  explicit TaskFailure(std::string message, bool is_retryable = false)
      : message_(std::move(message)), is_retryable_(is_retryable) {}

  const char* what() const noexcept override { return message_.c_str(); }
  bool is_retryable() const { return is_retryable_; }

 private:
  std::string message_;
  bool is_retryable_;
};

}  // namespace orrery
