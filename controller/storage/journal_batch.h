// The bytes of one batch of records under its key in the journal: docs/storage-format.md,
// section 1.
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
#include "controller/storage/journal.h"

namespace orrery::storage {

inline constexpr std::uint32_t kJournalFormatVersion = 1;

// Eight bytes, big-endian: keys sort like numbers.
std::string JournalKey(Lsn lsn);
std::optional<Lsn> ParseJournalKey(std::string_view key);

// `records` are encoded records, at least one, numbered from `first`.
std::string EncodeBatch(Lsn first, std::span<const std::string> records);

// The encoded records, as views of `bytes`. kDataLoss: a byte is wrong, or it is not the batch of
// `first`. kFailedPrecondition: another format version.
absl::StatusOr<std::vector<std::string_view>> DecodeBatch(Lsn first, std::string_view bytes);

// The value under key 0, which says that this is a journal and how to read it.
std::string EncodeJournalHeader();
// Fails as DecodeBatch does.
absl::Status CheckJournalHeader(std::string_view bytes);

}  // namespace orrery::storage
