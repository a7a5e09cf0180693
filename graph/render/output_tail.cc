#include "graph/render/output_tail.h"

#include <algorithm>

#include "base/utf8.h"

namespace orrery::graph {
namespace {

constexpr std::string_view kLineEnds = "\r\n";
constexpr std::string_view kSpace = " \t\r\n";

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::string_view Cut(std::string_view output, std::size_t bytes_max) {
  if (output.size() <= bytes_max) return output;
  std::size_t begin = output.size() - bytes_max;
  if (kLineEnds.find(output[begin - 1]) == std::string_view::npos) {
    const std::size_t line_end = output.find_first_of(kLineEnds, begin);
    // This is the end of the text.
    if (output.find_first_not_of(kSpace, line_end) != std::string_view::npos) {
      return output.substr(line_end + 1);
    }
    while (begin < output.size() && IsContinuation(output[begin])) ++begin;
  }
  return output.substr(begin);
}

// The C0 and C1 characters control terminals.
bool IsTextCharacter(char32_t character) {
  return character == '\t' || (character >= 0x20 && (character < 0x7F || character > 0x9F));
}

}  // namespace

std::string OutputTail(std::string_view output, std::size_t bytes_max) {
  std::string_view rest = Cut(output, bytes_max);
  rest = rest.substr(0, rest.find_last_not_of(kSpace) + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(kLineEnds), rest.size()));
  std::string shown;
  while (!rest.empty()) {
    const CodePoint point = DecodeUtf8(rest, Surrogates::kRefused);
    std::size_t length = std::max<std::size_t>(point.length, 1);
    if (kLineEnds.find(rest.front()) != std::string_view::npos) {
      shown += '\n';
      if (rest.starts_with("\r\n")) length = 2;
    } else if (point.length > 0 && IsTextCharacter(point.value)) {
      shown += rest.substr(0, length);
    } else {
      shown += '?';
    }
    rest.remove_prefix(length);
  }
  return shown;
}

}  // namespace orrery::graph
