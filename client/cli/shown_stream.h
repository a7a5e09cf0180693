// A stream buffer that escapes what text must not contain (base/shown_text.h) and keeps line
// breaks: whatever a command prints, it cannot command a terminal.
//
// Threading: thread-compatible.
#pragma once

#include <streambuf>
#include <string>
#include <string_view>

namespace orrery::cli {

class ShownStream : public std::streambuf {
 public:
  // Requires: `target` outlives this object.
  explicit ShownStream(std::streambuf& target) : target_(target) {}

 protected:
  int_type overflow(int_type character) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  bool Write(std::string_view text);
  bool Put(std::string_view text);

  std::streambuf& target_;
  // The beginning of a character whose other bytes were not written yet.
  std::string partial_;
};

}  // namespace orrery::cli
