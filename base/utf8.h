// UTF-8: validation, and decoding of one code point at a time.
//
// A lone surrogate has no UTF-8, but a Python string may contain one. It is kept as three bytes in
// the same scheme (WTF-8), which only the JSON reader and writer produce or accept.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery {

struct CodePoint {
  char32_t value = 0;
  // The number of bytes; 0 if the text is invalid here.
  std::size_t length = 0;
};

enum class Surrogates { kRefused, kAllowed };

// Decodes the code point at the start of `text`, which must not be empty.
CodePoint DecodeUtf8(std::string_view text, Surrogates surrogates);

// A surrogate becomes three bytes. Requires a code point up to U+10FFFF.
void AppendUtf8(std::string& text, char32_t code_point);

// Strict: rejects surrogates and overlong forms.
bool IsValidUtf8(std::string_view text);

// Returns valid UTF-8: each invalid byte becomes U+FFFD. A result longer than `bytes_max` is cut
// between characters and ends with `ellipsis`, which is part of the length. Requires: bytes_max >=
// ellipsis.size().
std::string ToUtf8(std::string_view text, std::size_t bytes_max = std::string_view::npos,
                   std::string_view ellipsis = {});

}  // namespace orrery
