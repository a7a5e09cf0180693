// Records for the journal's tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/engine/record.h"
#include "controller/journal/journal.h"

namespace orrery::journal {

// A record that can be told from those of other numbers.
inline engine::Record NumberedRecord(std::uint64_t number) {
  return {.at = absl::FromUnixNanos(static_cast<std::int64_t>(number)),
          .body = engine::ControllerStarted{.epoch = number}};
}

inline std::vector<engine::Record> NumberedRecords(std::uint64_t first, std::uint64_t count) {
  std::vector<engine::Record> records;
  for (std::uint64_t i = 0; i < count; ++i) records.push_back(NumberedRecord(first + i));
  return records;
}

inline std::uint64_t NumberOf(const engine::Record& record) {
  return std::get<engine::ControllerStarted>(record.body).epoch;
}

// The numbers of all records, or why they cannot be had.
inline absl::StatusOr<std::vector<std::uint64_t>> ReplayNumbers(Journal& journal) {
  std::vector<std::uint64_t> numbers;
  absl::Status status = journal.Replay([&numbers](Lsn, const engine::Record& record) {
    numbers.push_back(NumberOf(record));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return numbers;
}

}  // namespace orrery::journal
