#include "controller/storage/journal_batch.h"

#include <limits>

#include "base/check.h"
#include "base/checksum.h"
#include "base/little_endian.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::storage {
namespace {

constexpr std::string_view kMagic = "orrery journal";
constexpr Lsn kHeaderKey = 0;
constexpr std::size_t kFieldBytes = sizeof(std::uint32_t);

// Covers the key too: a value under another key is as wrong as a flipped bit.
std::uint32_t ChecksumOf(Lsn key, std::string_view body) {
  return ExtendCrc32c(Crc32c(JournalKey(key)), body);
}

// The bytes between the version and the checksum, both checked. The checksum comes first: a version
// is believed only in a value that is whole.
absl::StatusOr<std::string_view> OpenValue(Lsn key, std::string_view bytes) {
  if (bytes.size() < 2 * kFieldBytes) {
    return absl::DataLossError(
        fmt::format("journal entry {} has {} bytes, fewer than any entry", key, bytes.size()));
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kFieldBytes);
  const std::uint32_t stored = ReadLittleEndian<std::uint32_t>(bytes.substr(body.size()));
  if (const std::uint32_t computed = ChecksumOf(key, body); computed != stored) {
    return absl::DataLossError(
        fmt::format("journal entry {} has checksum {:08x}, not the {:08x} stored with it", key,
                    computed, stored));
  }
  if (const std::uint32_t version = ReadLittleEndian<std::uint32_t>(body);
      version != kJournalFormatVersion) {
    return absl::FailedPreconditionError(
        fmt::format("journal entry {} has format version {}, this program reads {}; start the "
                    "version of orreryd that wrote it",
                    key, version, kJournalFormatVersion));
  }
  return body.substr(kFieldBytes);
}

std::string SealValue(Lsn key, std::string body) {
  AppendLittleEndian(ChecksumOf(key, body), body);
  return body;
}

absl::Status Malformed(Lsn first) {
  return absl::DataLossError(
      fmt::format("journal entry {} has a right checksum but wrong lengths", first));
}

}  // namespace

std::string JournalKey(Lsn lsn) {
  std::string key;
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(lsn >> shift);
  return key;
}

std::optional<Lsn> ParseJournalKey(std::string_view key) {
  if (key.size() != sizeof(Lsn)) return std::nullopt;
  Lsn lsn = 0;
  for (const char c : key) lsn = lsn << 8 | static_cast<std::uint8_t>(c);
  return lsn;
}

std::string EncodeBatch(Lsn first, std::span<const std::string> records) {
  CHECK(!records.empty());
  CHECK(records.size() <= std::numeric_limits<std::uint32_t>::max());
  std::size_t size = 3 * kFieldBytes;
  for (const std::string& record : records) size += kFieldBytes + record.size();

  std::string bytes;
  bytes.reserve(size);
  AppendLittleEndian(kJournalFormatVersion, bytes);
  AppendLittleEndian(static_cast<std::uint32_t>(records.size()), bytes);
  for (const std::string& record : records) {
    CHECK(record.size() <= std::numeric_limits<std::uint32_t>::max());
    AppendLittleEndian(static_cast<std::uint32_t>(record.size()), bytes);
    bytes += record;
  }
  return SealValue(first, std::move(bytes));
}

absl::StatusOr<std::vector<std::string_view>> DecodeBatch(Lsn first, std::string_view bytes) {
  ASSIGN_OR_RETURN(std::string_view rest, OpenValue(first, bytes));
  if (rest.size() < kFieldBytes) return Malformed(first);
  const std::uint32_t count = ReadLittleEndian<std::uint32_t>(rest);
  rest.remove_prefix(kFieldBytes);
  if (count == 0 || count > rest.size() / kFieldBytes) return Malformed(first);

  std::vector<std::string_view> records;
  records.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (rest.size() < kFieldBytes) return Malformed(first);
    const std::uint32_t length = ReadLittleEndian<std::uint32_t>(rest);
    rest.remove_prefix(kFieldBytes);
    if (length > rest.size()) return Malformed(first);
    records.push_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  if (!rest.empty()) return Malformed(first);
  return records;
}

std::string EncodeJournalHeader() {
  std::string body;
  AppendLittleEndian(kJournalFormatVersion, body);
  body += kMagic;
  return SealValue(kHeaderKey, std::move(body));
}

absl::Status CheckJournalHeader(std::string_view bytes) {
  ASSIGN_OR_RETURN(const std::string_view magic, OpenValue(kHeaderKey, bytes));
  if (magic != kMagic) {
    return absl::DataLossError(
        fmt::format("journal header says \"{}\", not \"{}\"", magic.substr(0, 64), kMagic));
  }
  return absl::OkStatus();
}

}  // namespace orrery::storage
