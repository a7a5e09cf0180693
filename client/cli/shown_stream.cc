#include "client/cli/shown_stream.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/shown_text.h"

namespace orrery::cli {
namespace {

// Returns the length of `text` without a character at its end that lacks bytes.
std::size_t WholeLength(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(text.size(), 3); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? text.size() - back : text.size();
  }
  return text.size();
}

}  // namespace

ShownStream::int_type ShownStream::overflow(int_type character) {
  if (traits_type::eq_int_type(character, traits_type::eof()))
    return traits_type::not_eof(character);
  const char byte = traits_type::to_char_type(character);
  return Write({&byte, 1}) ? character : traits_type::eof();
}

std::streamsize ShownStream::xsputn(const char* text, std::streamsize size) {
  return Write({text, static_cast<std::size_t>(size)}) ? size : 0;
}

int ShownStream::sync() {
  const bool is_put = Put(std::exchange(partial_, {}));
  return target_.pubsync() == 0 && is_put ? 0 : -1;
}

bool ShownStream::Write(std::string_view text) {
  if (partial_.empty() && IsShownAsIs(text)) return Put(text);
  const std::string whole = std::exchange(partial_, {}).append(text);
  const std::size_t length = WholeLength(whole);
  partial_ = whole.substr(length);
  return Put(std::string_view(whole).substr(0, length));
}

bool ShownStream::Put(std::string_view text) {
  const std::string shown = ShownLines(text);
  const auto size = static_cast<std::streamsize>(shown.size());
  return target_.sputn(shown.data(), size) == size;
}

}  // namespace orrery::cli
