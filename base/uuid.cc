#include "base/uuid.h"

#include <charconv>
#include <system_error>

#include "absl/status/status.h"
#include "base/hex.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery {
namespace {

constexpr std::size_t kTextLength = 36;

bool IsDashAt(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

void StoreBigEndian(std::uint64_t integer, std::uint8_t* bytes) {
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(integer >> (56 - 8 * i));
}

bool ParseCanonical(std::string_view text, Uuid& uuid) {
  if (text.size() != kTextLength) return false;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsDashAt(i) != (text[i] == '-')) return false;
    if (text[i] != '-') digits += text[i];
  }
  return HexDecode(digits, uuid.bytes);
}

}  // namespace

absl::StatusOr<Uuid> Uuid::Parse(std::string_view text) {
  std::uint64_t integer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (error == std::errc() && end == text.data() + text.size()) return FromInteger(integer);

  Uuid uuid;
  if (ParseCanonical(text, uuid)) return uuid;
  return absl::InvalidArgumentError(
      fmt::format("id \"{}\" is neither a decimal integer below 2^64 nor a uuid like {}",
                  text.substr(0, 64), FromInteger(207).ToString()));
}

absl::StatusOr<Uuid> Uuid::FromBytes(std::string_view text, std::string_view field) {
  Uuid uuid;
  RETURN_IF_ERROR(CopyBytes(text, field, uuid.bytes));
  return uuid;
}

Uuid Uuid::FromInteger(std::uint64_t integer) {
  Uuid uuid;
  StoreBigEndian(integer, uuid.bytes.data() + 8);
  return uuid;
}

Uuid Uuid::FromRandom(Random& random) {
  Uuid uuid;
  StoreBigEndian(random.Next(), uuid.bytes.data());
  StoreBigEndian(random.Next(), uuid.bytes.data() + 8);
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

std::string Uuid::ToString() const {
  const std::string digits = HexEncode(bytes);
  const std::string_view view = digits;
  return fmt::format("{}-{}-{}-{}-{}", view.substr(0, 8), view.substr(8, 4), view.substr(12, 4),
                     view.substr(16, 4), view.substr(20));
}

}  // namespace orrery
