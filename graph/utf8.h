// UTF-8 as values need it: validation, and one code point at a time.
//
// A lone surrogate has no UTF-8, but Python strings may hold one; it is kept as the three bytes
// that the scheme would give it (WTF-8), and only the JSON reader and writer make or accept these.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery::graph {

struct CodePoint {
  char32_t value = 0;
  // Bytes it took; 0 if the text is wrong at this place.
  std::size_t length = 0;
};

enum class Surrogates { kRefused, kAllowed };

// The code point at the start of `text`, which must not be empty.
CodePoint DecodeUtf8(std::string_view text, Surrogates surrogates);

// A surrogate becomes three bytes. Requires a code point up to U+10FFFF.
void AppendUtf8(std::string& text, char32_t code_point);

// Strictly: no surrogates, no overlong forms.
bool IsValidUtf8(std::string_view text);

// Makes valid UTF-8 of any bytes: each wrong byte becomes U+FFFD. A result longer than `bytes_max`
// is cut between characters and ends with `ellipsis`, which counts. Requires: bytes_max >=
// ellipsis.size().
std::string ToUtf8(std::string_view text, std::size_t bytes_max = std::string_view::npos,
                   std::string_view ellipsis = {});

}  // namespace orrery::graph
