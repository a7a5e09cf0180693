// Keeps the end of a long text: the last output of a program tells why it ended.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/limit.h"

namespace orrery {

inline constexpr Limit kOutputTailBytes{
    .name = "output_tail_bytes",
    .max = 4 * 1024,
    .unit = LimitUnit::kBytes,
    .of = "output of an attempt or process in the report of its failure",
    .beyond = "the last lines are reported"};

class TailBuffer {
 public:
  explicit TailBuffer(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void Append(std::string_view text) {
    if (text.size() >= bytes_max_) {
      bytes_ = text.substr(text.size() - bytes_max_);
      return;
    }
    if (bytes_.size() + text.size() > bytes_max_) {
      bytes_.erase(0, bytes_.size() + text.size() - bytes_max_);
    }
    bytes_ += text;
  }

  // Clears the buffer and frees its memory.
  void Clear() { bytes_ = std::string(); }

  const std::string& bytes() const { return bytes_; }

 private:
  std::size_t bytes_max_;
  std::string bytes_;
};

}  // namespace orrery
