// Fuzzes the content of the journal: batches, their records, and the replay of those records.
//
// A fuzzer cannot guess a checksum, so the same bytes are tried three times: as a stored batch, as
// the inside of a batch with the checksum it needs, and as one record.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "base/checksum.h"
#include "controller/engine/engine.h"
#include "controller/journal/journal_batch.h"
#include "controller/journal/journal_end.h"
#include "controller/journal/record_codec.h"
#include "controller/maintenance/backup_manifest.h"
#include "tests/fuzz/fuzz_target.h"

namespace orrery::fuzz {
namespace {

constexpr journal::Lsn kFirst = 1;

void AppendU32(std::uint32_t number, std::string& bytes) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift);
}

// A batch of the version with `inside` between the version and the checksum.
std::string Seal(std::uint32_t version, std::string_view inside) {
  std::string bytes;
  AppendU32(version, bytes);
  bytes += inside;
  AppendU32(ExtendCrc32c(Crc32c(journal::JournalKey(kFirst)), bytes), bytes);
  return bytes;
}

// Checks that a decoded record is the same after it is encoded and decoded again.
absl::StatusOr<engine::Record> DecodeAlways(std::string_view bytes) {
  absl::StatusOr<engine::Record> record = journal::DecodeRecord(bytes);
  if (!record.ok()) {
    CHECK(absl::IsDataLoss(record.status()));
    return record;
  }
  const absl::StatusOr<std::string> encoded = journal::EncodeRecord(*record);
  CHECK(encoded.ok());
  const absl::StatusOr<engine::Record> again = journal::DecodeRecord(*encoded);
  CHECK(again.ok());
  const absl::StatusOr<std::string> encoded_again = journal::EncodeRecord(*again);
  CHECK(encoded_again.ok());
  CHECK(*encoded_again == *encoded);
  return record;
}

class Replay {
 public:
  // False if the record does not follow from those before it.
  bool Add(const engine::Record& record) {
    const absl::StatusOr<engine::Output> output =
        engine_.Replay(record, [](const Digest&) -> absl::StatusOr<std::string> {
          return absl::NotFoundError("no blob is ever there");
        });
    if (!output.ok()) {
      CHECK(absl::IsDataLoss(output.status()));
      return false;
    }
    now_ = std::max(now_, record.at);
    CHECK(engine_.CheckInvariants().ok());
    return true;
  }

  void Start() {
    engine_.Step(now_, engine::ControllerStart());
    CHECK(engine_.CheckInvariants().ok());
  }

 private:
  engine::Engine engine_{engine::Settings()};
  absl::Time now_ = absl::InfinitePast();
};

void ReplayBatch(std::string_view bytes) {
  const absl::StatusOr<journal::Batch> batch = journal::DecodeBatch(kFirst, bytes);
  if (!batch.ok()) return;
  CHECK(batch->end > kFirst);
  std::vector<journal::Numbered<std::string>> records;
  std::vector<std::string> unnumbered;
  for (const auto& [lsn, record] : batch->records) {
    records.push_back({lsn, std::string(record)});
    unnumbered.emplace_back(record);
  }
  CHECK(journal::EncodeCompactedBatch(kFirst, batch->end, records) == bytes ||
        journal::EncodeBatch(kFirst, unnumbered) == bytes);

  Replay replay;
  for (const std::string& record : unnumbered) {
    const absl::StatusOr<engine::Record> decoded = DecodeAlways(record);
    if (!decoded.ok() || !replay.Add(*decoded)) return;
  }
  replay.Start();
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  if (const auto header = journal::DecodeJournalHeader(bytes); header.ok()) {
    CHECK(journal::EncodeJournalHeader(*header) == bytes);
  }
  (void)journal::ParseJournalKey(bytes);
  (void)journal::DecodeJournalEnd(bytes);
  (void)maintenance::DecodeBackupManifest(bytes);
  ReplayBatch(bytes);
  ReplayBatch(Seal(journal::kJournalFormatVersion, bytes));
  ReplayBatch(Seal(journal::kCompactedFormatVersion, bytes));
  (void)DecodeAlways(bytes);
}

}  // namespace orrery::fuzz
