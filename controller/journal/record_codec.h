// Between engine records and the bytes that the journal keeps: orrery.storage.v1.Record.
//
// Threading: functions without state; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "controller/engine/record.h"

namespace orrery::journal {

// kResourceExhausted: the record is larger than kRecordBytesMax.
absl::StatusOr<std::string> EncodeRecord(const engine::Record& record);

// kDataLoss: the bytes are no record that this program can have written.
absl::StatusOr<engine::Record> DecodeRecord(std::string_view bytes);

// A submitted graph with its constants is the largest thing in a record.
inline constexpr std::size_t kRecordBytesMax = 1024 * 1024 * 1024;

}  // namespace orrery::journal
