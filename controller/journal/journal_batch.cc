#include "controller/journal/journal_batch.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/checksum.h"
#include "base/little_endian.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::journal {
namespace {

constexpr std::string_view kMagic = "orrery journal";
constexpr Lsn kHeaderKey = 0;
constexpr std::size_t kFieldBytes = sizeof(std::uint32_t);

// Covers the key, too: a value under another key is as wrong as a flipped bit.
std::uint32_t ChecksumOf(Lsn key, std::string_view body) {
  return ExtendCrc32c(Crc32c(JournalKey(key)), body);
}

// The part between the version and the checksum, after both are verified.
struct OpenedValue {
  std::uint32_t version = 0;
  std::string_view body;

  bool is_compacted() const { return version == kCompactedFormatVersion; }
};

// Verifies the checksum first: the version of a damaged value means nothing.
absl::StatusOr<OpenedValue> OpenValue(Lsn key, std::string_view bytes) {
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
  const std::uint32_t version = ReadLittleEndian<std::uint32_t>(body);
  if (version != kJournalFormatVersion && version != kCompactedFormatVersion) {
    return absl::FailedPreconditionError(
        fmt::format("journal entry {} has format version {}, this program reads {} and {}; start "
                    "the version of orreryd that wrote it",
                    key, version, kJournalFormatVersion, kCompactedFormatVersion));
  }
  return OpenedValue{version, body.substr(kFieldBytes)};
}

std::string SealValue(Lsn key, std::string body) {
  AppendLittleEndian(ChecksumOf(key, body), body);
  return body;
}

absl::Status Malformed(Lsn first) {
  return absl::DataLossError(
      fmt::format("journal entry {} has a right checksum but wrong lengths", first));
}

// Reads a number from the beginning of the bytes; nullopt if there are too few bytes.
template <class Number>
std::optional<Number> TakeNumber(std::string_view& bytes) {
  if (bytes.size() < sizeof(Number)) return std::nullopt;
  const auto number = ReadLittleEndian<Number>(bytes);
  bytes.remove_prefix(sizeof(Number));
  return number;
}

std::optional<std::string_view> TakeRecord(std::string_view& bytes) {
  const auto length = TakeNumber<std::uint32_t>(bytes);
  if (!length.has_value() || *length > bytes.size()) return std::nullopt;
  const std::string_view record = bytes.substr(0, *length);
  bytes.remove_prefix(*length);
  return record;
}

void AppendRecord(std::string_view record, std::string& bytes) {
  CHECK(record.size() <= std::numeric_limits<std::uint32_t>::max());
  AppendLittleEndian(static_cast<std::uint32_t>(record.size()), bytes);
  bytes += record;
}

absl::StatusOr<Batch> DecodeWhole(Lsn first, std::string_view rest) {
  const auto count = TakeNumber<std::uint32_t>(rest);
  if (!count.has_value() || *count == 0 || *count > rest.size() / kFieldBytes) {
    return Malformed(first);
  }
  Batch batch{.end = first, .records = {}};
  batch.records.reserve(*count);
  while (batch.records.size() < *count) {
    const auto record = TakeRecord(rest);
    if (!record.has_value()) return Malformed(first);
    batch.records.push_back({batch.end++, *record});
  }
  if (!rest.empty()) return Malformed(first);
  return batch;
}

absl::StatusOr<Batch> DecodeCompacted(Lsn first, std::string_view rest) {
  const auto end = TakeNumber<Lsn>(rest);
  const auto count = TakeNumber<std::uint32_t>(rest);
  if (!end.has_value() || *end <= first || !count.has_value() ||
      *count > rest.size() / (sizeof(Lsn) + kFieldBytes)) {
    return Malformed(first);
  }
  Batch batch{.end = *end, .records = {}};
  batch.records.reserve(*count);
  Lsn next = first;
  while (batch.records.size() < *count) {
    const auto lsn = TakeNumber<Lsn>(rest);
    const auto record = TakeRecord(rest);
    if (!record.has_value() || *lsn < next || *lsn >= *end) return Malformed(first);
    batch.records.push_back({*lsn, *record});
    next = *lsn + 1;
  }
  if (!rest.empty()) return Malformed(first);
  return batch;
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
  for (const std::string& record : records) AppendRecord(record, bytes);
  return SealValue(first, std::move(bytes));
}

std::string EncodeCompactedBatch(Lsn first, Lsn end,
                                 std::span<const Numbered<std::string>> records) {
  CHECK(first < end);
  CHECK(records.size() <= std::numeric_limits<std::uint32_t>::max());
  std::string bytes;
  AppendLittleEndian(kCompactedFormatVersion, bytes);
  AppendLittleEndian(end, bytes);
  AppendLittleEndian(static_cast<std::uint32_t>(records.size()), bytes);
  for (const auto& [lsn, record] : records) {
    AppendLittleEndian(lsn, bytes);
    AppendRecord(record, bytes);
  }
  return SealValue(first, std::move(bytes));
}

absl::StatusOr<Batch> DecodeBatch(Lsn first, std::string_view bytes) {
  ASSIGN_OR_RETURN(const OpenedValue value, OpenValue(first, bytes));
  return value.is_compacted() ? DecodeCompacted(first, value.body) : DecodeWhole(first, value.body);
}

std::string EncodeJournalHeader(const JournalHeader& header) {
  std::string body;
  AppendLittleEndian(header.removing.empty() ? kJournalFormatVersion : kCompactedFormatVersion,
                     body);
  body += kMagic;
  for (const engine::WorkflowNumber number : header.removing) {
    AppendLittleEndian(number.value(), body);
  }
  return SealValue(kHeaderKey, std::move(body));
}

absl::StatusOr<JournalHeader> DecodeJournalHeader(std::string_view bytes) {
  ASSIGN_OR_RETURN(const OpenedValue value, OpenValue(kHeaderKey, bytes));
  if (!value.body.starts_with(kMagic)) {
    return absl::DataLossError(
        fmt::format("journal header says \"{}\", not \"{}\"", value.body.substr(0, 64), kMagic));
  }
  std::string_view rest = value.body.substr(kMagic.size());
  JournalHeader header;
  while (const auto number = TakeNumber<std::uint64_t>(rest)) {
    header.removing.emplace_back(*number);
  }
  const bool has_numbers = !header.removing.empty();
  if (!rest.empty() || has_numbers != value.is_compacted() ||
      !std::ranges::is_sorted(header.removing)) {
    return Malformed(kHeaderKey);
  }
  return header;
}

}  // namespace orrery::journal
