// Writes a text when Ctrl-C ends a command that waits: the workflow continues, and how to follow or
// stop it.
//
// The text is made beforehand, because a signal handler may only write. After that the signal ends
// the process.
//
// Threading: at most one object per process at a time.
#pragma once

#include <string>

namespace orrery::cli {

class InterruptNotice {
 public:
  struct Text {
    std::string out;
    std::string err;
  };

  // Until the destructor, SIGINT and SIGTERM write `text` and then end the process.
  explicit InterruptNotice(Text text);
  InterruptNotice(const InterruptNotice&) = delete;
  InterruptNotice& operator=(const InterruptNotice&) = delete;
  ~InterruptNotice();

 private:
  const Text text_;
};

}  // namespace orrery::cli
