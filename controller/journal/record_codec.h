// Converts between engine records and the message orrery.storage.v1.Record of the journal.
//
// Threading: functions without state; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/limit.h"
#include "controller/engine/record.h"

namespace orrery::journal {

// The largest part of a record is a submitted graph with its constants.
inline constexpr Limit kRecordBytes{.name = "record_bytes",
                                    .max = 1024 * 1024 * 1024,
                                    .unit = LimitUnit::kBytes,
                                    .of = "a record of the journal",
                                    .beyond = "nothing is written or acknowledged any more"};

// Errors: kResourceExhausted if the record is larger than the limit.
absl::StatusOr<std::string> EncodeRecord(const engine::Record& record,
                                         const Limit& bytes = kRecordBytes);

// Errors: kDataLoss if the bytes are not a record that this program can have written.
absl::StatusOr<engine::Record> DecodeRecord(std::string_view bytes);

}  // namespace orrery::journal
