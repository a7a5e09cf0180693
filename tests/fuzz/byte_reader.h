// Makes choices from the bytes of a fuzzer's input, so that it can build what no parser would give.
//
// At the end of the bytes every choice is the first one.
//
// Threading: thread-compatible.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace orrery::fuzz {

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool is_at_end() const { return rest_.empty(); }

  std::uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  // In [0, bound), which must not be empty. One byte reaches the first 256.
  std::size_t Below(std::size_t bound) { return Byte() % bound; }
  bool Chance() { return (Byte() & 1) != 0; }

  template <class T, std::size_t kCount>
  const T& Pick(const T (&choices)[kCount]) {
    return choices[Below(kCount)];
  }

  std::uint64_t Number() {
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | Byte();
    return number;
  }

  // Up to `bytes_max` bytes, as many as the next one says.
  std::string_view Text(std::size_t bytes_max) {
    const std::size_t size = std::min({std::size_t{Byte()}, bytes_max, rest_.size()});
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view rest_;
};

}  // namespace orrery::fuzz
