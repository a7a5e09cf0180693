#include "controller/maintenance/store_check.h"

#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "base/blob_layout.h"
#include "base/file.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "controller/engine/engine.h"
#include "controller/journal/journal_reader.h"
#include "controller/journal/record_blobs.h"
#include "controller/maintenance/store_root.h"
#include "controller/runtime/work_mark_file.h"
#include "fmt/format.h"
#include "graph/limits.h"

namespace orrery::maintenance {
namespace {

constexpr std::string_view kRestoreAdvice =
    "restore a backup; what the controller acknowledged since then is lost with it";
constexpr std::string_view kReplayAdvice =
    "restore a backup, and report it: records that are whole should follow from each other";

std::string TextOf(const absl::Status& status) { return std::string(status.message()); }

class Check {
 public:
  explicit Check(const StoreCheckOptions& options)
      : options_(options),
        engine_(std::in_place, engine::Settings{},
                engine::Poison{.held = runtime::WorkMarkFile::ReadHeld(options.root),
                               .refused = {},
                               .mark = nullptr}) {
    report_.root = options_.root;
    report_.are_digests_checked = options_.blobs == blobs::BlobCheck::kDigest;
  }

  absl::StatusOr<StoreReport> Run();

 private:
  void OnRecord(journal::Lsn lsn, const engine::Record& record);
  void OnProblem(journal::Lsn lsn, const absl::Status& problem);
  void CheckBlobs(journal::Lsn lsn, const engine::Record& record);
  void Replay(journal::Lsn lsn, const engine::Record& record);
  void Count(const engine::Effect& effect);
  absl::StatusOr<std::string> ReadValue(const Digest& digest) const;
  // Describes the subject of the record, for users.
  std::string Describe(const engine::Record& record) const;
  std::string NameOf(engine::WorkflowNumber number) const;
  std::string BlobAdvice(const engine::Record& record) const;
  void Report(std::optional<journal::Lsn> lsn, std::string what, std::string_view advice);

  const StoreCheckOptions& options_;
  StoreReport report_;
  // Nullopt after the first problem that makes later records impossible to replay.
  std::optional<engine::Engine> engine_;
  std::map<engine::WorkflowNumber, Uuid> workflows_;
  std::set<Uuid> known_;
  std::set<Uuid> running_;
  std::set<Digest> seen_;
  // Derived values that are not stored, and that a controller would store again.
  std::map<Digest, std::shared_ptr<const std::string>> derived_;
};

absl::StatusOr<StoreReport> Check::Run() {
  const std::string path = options_.journal.empty() ? JournalPath(options_.root) : options_.journal;
  const absl::StatusOr<journal::JournalReader> reader = journal::JournalReader::Open(path);
  if (absl::IsNotFound(reader.status())) {
    const absl::Status whole = CheckRootIsWhole(options_.root);
    if (whole.ok()) return reader.status();
    Report(std::nullopt, TextOf(whole), kRestoreAdvice);
    return std::move(report_);
  }
  if (absl::IsDataLoss(reader.status()) || absl::IsUnavailable(reader.status())) {
    Report(std::nullopt, TextOf(reader.status()), kRestoreAdvice);
    return std::move(report_);
  }
  RETURN_IF_ERROR(reader.status());
  report_.acknowledged = reader->acknowledged();
  ASSIGN_OR_RETURN(report_.records,
                   reader->Read({.on_record =
                                     [this](journal::Lsn lsn, const engine::Record& record) {
                                       OnRecord(lsn, record);
                                       return absl::OkStatus();
                                     },
                                 .on_problem =
                                     [this](journal::Lsn lsn, const absl::Status& problem) {
                                       OnProblem(lsn, problem);
                                       return absl::OkStatus();
                                     }}));
  report_.workflows = known_.size();
  report_.running = running_.size();
  return std::move(report_);
}

void Check::OnRecord(journal::Lsn lsn, const engine::Record& record) {
  std::visit(
      Overload{
          [this](const engine::ControllerStarted& body) { report_.epoch = body.epoch; },
          [this](const engine::WorkflowSubmitted& body) { workflows_[body.number] = body.id; },
          [](const auto&) {},
      },
      record.body);
  CheckBlobs(lsn, record);
  if (engine_.has_value()) Replay(lsn, record);
}

void Check::OnProblem(journal::Lsn lsn, const absl::Status& problem) {
  Report(lsn, TextOf(problem), kRestoreAdvice);
  engine_.reset();
}

void Check::CheckBlobs(journal::Lsn lsn, const engine::Record& record) {
  for (const graph::BlobRef& blob : journal::BlobsOf(record)) {
    if (!seen_.insert(blob.digest).second) continue;
    ++report_.blobs;
    report_.blob_bytes += blob.size_bytes;
    const absl::Status status = blobs::CheckBlob(options_.root, blob, options_.blobs);
    if (status.ok()) continue;
    const std::string what =
        absl::IsNotFound(status)
            ? fmt::format("blob {} is missing", BlobPath(options_.root, blob.digest))
            : TextOf(status);
    Report(lsn, fmt::format("{} refers to it: {}", Describe(record), what), BlobAdvice(record));
  }
}

void Check::Replay(journal::Lsn lsn, const engine::Record& record) {
  const absl::StatusOr<engine::Output> output =
      engine_->Replay(record, [this](const Digest& digest) { return ReadValue(digest); });
  if (!output.ok()) {
    Report(lsn,
           fmt::format("{} does not follow from the records before: {}", Describe(record),
                       TextOf(output.status())),
           kReplayAdvice);
    engine_.reset();
    return;
  }
  for (const engine::Effect& effect : output->free) Count(effect);
}

void Check::Count(const engine::Effect& effect) {
  std::visit(Overload{
                 [this](const engine::WorkflowStarted& started) {
                   known_.insert(started.id);
                   running_.insert(started.id);
                 },
                 [this](const engine::WorkflowSettled& settled) { running_.erase(settled.id); },
                 [this](const engine::WorkflowRemoved& dropped) {
                   known_.erase(dropped.id);
                   running_.erase(dropped.id);
                 },
                 [this](const engine::StoreValue& value) {
                   const graph::BlobRef blob{value.digest, value.bytes->size()};
                   if (!blobs::CheckBlob(options_.root, blob, blobs::BlobCheck::kLength).ok()) {
                     derived_.emplace(value.digest, value.bytes);
                   }
                 },
                 [](const auto&) {},
             },
             effect);
}

absl::StatusOr<std::string> Check::ReadValue(const Digest& digest) const {
  if (const auto it = derived_.find(digest); it != derived_.end()) return *it->second;
  const std::string path = BlobPath(options_.root, digest);
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, graph::kLimits.json_bytes.max));
  if (Sha256(bytes) == digest) return bytes;
  return absl::DataLossError(fmt::format("blob {} holds other bytes", path));
}

std::string Check::NameOf(engine::WorkflowNumber number) const {
  const auto it = workflows_.find(number);
  return it == workflows_.end() ? fmt::format("number {}", number.value()) : it->second.ToString();
}

std::string Check::Describe(const engine::Record& record) const {
  const auto of_node = [this](std::string_view what, const engine::NodeKey& node) {
    return fmt::format("{} {} of workflow {}", what, node.location.ToString(),
                       NameOf(node.workflow));
  };
  return std::visit(
      Overload{
          [](const engine::WorkflowSubmitted& body) {
            return fmt::format("the submission of workflow {}", body.id.ToString());
          },
          [&](const engine::NodeFinished& body) { return of_node("the outcome of", body.node); },
          [&](const engine::NodeFailed& body) { return of_node("the failure of", body.node); },
          [&](const engine::NodeSleeping& body) { return of_node("the sleep of", body.node); },
          [&](const engine::AttemptFailed& body) {
            return of_node("a failed attempt of", body.node);
          },
          [&](const engine::AttemptLost& body) { return of_node("a lost attempt of", body.node); },
          [](const auto&) { return std::string("the record"); },
      },
      record.body);
}

std::string Check::BlobAdvice(const engine::Record& record) const {
  std::string advice = "copy the blob from a backup";
  if (const auto* finished = std::get_if<engine::NodeFinished>(&record.body)) {
    advice += fmt::format(", or make it again: orrery restart {} --node {}",
                          NameOf(finished->node.workflow), finished->node.location.ToString());
  } else {
    advice += ", or submit the workflow again";
  }
  return advice;
}

void Check::Report(std::optional<journal::Lsn> lsn, std::string what, std::string_view advice) {
  if (report_.problems.size() >= options_.problems_max) {
    ++report_.problems_left_off;
    return;
  }
  report_.problems.push_back(
      {.record = lsn, .what = std::move(what), .advice = std::string(advice)});
}

}  // namespace

absl::StatusOr<StoreReport> CheckStore(const StoreCheckOptions& options) {
  return Check(options).Run();
}

}  // namespace orrery::maintenance
