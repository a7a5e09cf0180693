// Random decoded values for round-trip tests: every kind, awkward contents, limited depth.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "graph/datum.h"

namespace orrery::graph {

class DatumGenerator {
 public:
  explicit DatumGenerator(std::uint64_t seed) : random_(seed) {}

  Datum Next(int depth_max = 4) {
    switch (Below(depth_max > 0 ? 10 : 8)) {
      case 0:
        return None{};
      case 1:
        return Below(2) == 1;
      case 2:
        return static_cast<std::int64_t>(random_.Next() >> Below(64));
      case 3:
        return BigInteger{"-1" + std::to_string(random_.Next()) + "00000000000000000000"};
      case 4:
        return NextFloat();
      case 5:
        return std::complex<double>(NextFloat(), NextFloat());
      case 6:
        return NextText();
      case 7:
        return Bytes{NextBytes()};
      case 8: {
        List list;
        for (std::uint64_t i = Below(5); i > 0; --i) list.push_back(Next(depth_max - 1));
        return list;
      }
      default: {
        Object object;
        for (std::uint64_t i = Below(5); i > 0; --i) {
          object.emplace_back(NextText() + std::to_string(i), Next(depth_max - 1));
        }
        return object;
      }
    }
  }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_.Next() % bound; }

  // Not NaN, which equals nothing.
  double NextFloat() {
    const double value = std::bit_cast<double>(random_.Next());
    return std::isnan(value) ? 0.1 : value;
  }

  std::string NextText() {
    static constexpr std::array<std::string_view, 8> kPieces = {
        "a", "\"", "\\", "\n", "\x7f", "\xc3\xa9", "\xf0\x9f\x98\x80", "\x01"};
    std::string text;
    for (std::uint64_t i = Below(6); i > 0; --i) text += kPieces[Below(kPieces.size())];
    return text;
  }

  std::string NextBytes() {
    std::string bytes;
    for (std::uint64_t i = Below(9); i > 0; --i) bytes += static_cast<char>(Below(256));
    return bytes;
  }

  SeededRandom random_;
};

}  // namespace orrery::graph
