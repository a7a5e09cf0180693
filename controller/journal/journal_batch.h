// The format of the journal's entries: docs/storage-format.md, section 1.
//
// Without the database, so that the format can be tested and fuzzed alone.
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

// The version of an entry with all its records.
inline constexpr std::uint32_t kJournalFormatVersion = 1;
// The version of an entry that a compaction has written.
inline constexpr std::uint32_t kCompactedFormatVersion = 2;

// Eight bytes, big-endian, so that keys sort like numbers.
std::string JournalKey(Lsn lsn);
std::optional<Lsn> ParseJournalKey(std::string_view key);

// An encoded record and its LSN.
template <class Bytes>
struct Numbered {
  Lsn lsn = 0;
  Bytes bytes;

  friend bool operator==(const Numbered&, const Numbered&) = default;
};

// The content of an entry: the remaining records from `first` to before `end`.
struct Batch {
  Lsn end = 0;
  std::vector<Numbered<std::string_view>> records;
};

// `records` are one or more encoded records, with LSNs from `first`.
std::string EncodeBatch(Lsn first, std::span<const std::string> records);
// `records` are the remaining records from `first` to before `end`, in order; possibly none.
std::string EncodeCompactedBatch(Lsn first, Lsn end,
                                 std::span<const Numbered<std::string>> records);

// Returns the encoded records as views of `bytes`.
//
// Errors: kDataLoss if a byte is wrong, or if it is not the entry of `first`; kFailedPrecondition
// for another format version.
absl::StatusOr<Batch> DecodeBatch(Lsn first, std::string_view bytes);

// The value under key 0, which marks the database as a journal and has its format version.
struct JournalHeader {
  // Deleted workflows whose records may be partly removed already: readers ignore the rest. Sorted.
  std::vector<engine::WorkflowNumber> removing;
};
std::string EncodeJournalHeader(const JournalHeader& header = {});
// Errors: those of DecodeBatch.
absl::StatusOr<JournalHeader> DecodeJournalHeader(std::string_view bytes);

}  // namespace orrery::journal
