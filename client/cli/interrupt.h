// What Ctrl-C says while a command waits: the workflow goes on, and how to follow or stop it.
//
// The words are made beforehand, because a signal handler may only write them. After that the
// signal does what it always does: it ends the process.
//
// Threading: one at a time in a process.
#pragma once

#include <string>

namespace orrery::cli {

class InterruptNotice {
 public:
  struct Text {
    std::string out;
    std::string err;
  };

  // Until the end of its life, SIGINT and SIGTERM write `text` first.
  explicit InterruptNotice(Text text);
  InterruptNotice(const InterruptNotice&) = delete;
  InterruptNotice& operator=(const InterruptNotice&) = delete;
  ~InterruptNotice();

 private:
  const Text text_;
};

}  // namespace orrery::cli
