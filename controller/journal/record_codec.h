// Converts between engine records and the message orrery.storage.v1.Record of the journal.
//
// Threading: functions without state; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "controller/engine/record.h"

namespace orrery::journal {

// Errors: kResourceExhausted if the record is larger than kRecordBytesMax.
absl::StatusOr<std::string> EncodeRecord(const engine::Record& record);

// Errors: kDataLoss if the bytes are not a record that this program can have written.
absl::StatusOr<engine::Record> DecodeRecord(std::string_view bytes);

// The largest part of a record is a submitted graph with its constants.
inline constexpr std::size_t kRecordBytesMax = 1024 * 1024 * 1024;

}  // namespace orrery::journal
