// The bytes of the journal's entries under their keys: docs/storage-format.md, section 1.
//
// Pure: no database here, so that the format can be tested and fuzzed alone.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/journal/journal.h"

namespace orrery::journal {

// Of what is written when nothing has been left out.
inline constexpr std::uint32_t kJournalFormatVersion = 1;
// Of what a compaction has written.
inline constexpr std::uint32_t kCompactedFormatVersion = 2;

// Eight bytes, big-endian: keys sort like numbers.
std::string JournalKey(Lsn lsn);
std::optional<Lsn> ParseJournalKey(std::string_view key);

// An encoded record and its number.
template <class Bytes>
struct Numbered {
  Lsn lsn = 0;
  Bytes bytes;

  friend bool operator==(const Numbered&, const Numbered&) = default;
};

// What an entry says of the records from `first` to before `end`: those of them that are still
// there.
struct Batch {
  Lsn end = 0;
  std::vector<Numbered<std::string_view>> records;
};

// `records` are encoded records, at least one, numbered from `first`.
std::string EncodeBatch(Lsn first, std::span<const std::string> records);
// `records` are what is left of those from `first` to before `end`, in order; perhaps none.
std::string EncodeCompactedBatch(Lsn first, Lsn end,
                                 std::span<const Numbered<std::string>> records);

// The encoded records, as views of `bytes`. kDataLoss: a byte is wrong, or it is not the batch of
// `first`. kFailedPrecondition: another format version.
absl::StatusOr<Batch> DecodeBatch(Lsn first, std::string_view bytes);

// The value under key 0, which says that this is a journal and how to read it.
struct JournalHeader {
  // Forgotten workflows some of whose records have been removed and some have not: none of theirs
  // is to be read. In order.
  std::vector<engine::WorkflowNumber> removing;
};
std::string EncodeJournalHeader(const JournalHeader& header = {});
// Fails as DecodeBatch does.
absl::StatusOr<JournalHeader> DecodeJournalHeader(std::string_view bytes);

}  // namespace orrery::journal
