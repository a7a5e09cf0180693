#include "model/codec/garbage_codec.h"

#include "absl/status/status.h"
#include "fmt/format.h"
#include "graph/codec/time_codec.h"
#include "orrery/admin/v1/admin_service.pb.h"

namespace orrery::model {

namespace admin_proto = orrery::admin::v1;

void ToProto(const GarbageRequest& request, admin_proto::CollectGarbageRequest& out) {
  const Retention everything;
  const Retention& retention = request.retention;
  out.set_dry_run(request.is_dry_run);
  if (retention.age_max != everything.age_max) {
    graph::EncodeDuration(retention.age_max, *out.mutable_older_than());
  }
  if (retention.count_max != everything.count_max) out.set_keep_count(retention.count_max);
}

absl::StatusOr<GarbageRequest> FromProto(const admin_proto::CollectGarbageRequest& message) {
  GarbageRequest request{.is_dry_run = message.dry_run()};
  Retention& retention = request.retention;
  if (message.has_older_than()) {
    retention.age_max = graph::DecodeDuration(message.older_than());
    if (retention.age_max < absl::ZeroDuration()) {
      return absl::InvalidArgumentError(fmt::format("older_than is {}, it must not be negative",
                                                    absl::FormatDuration(retention.age_max)));
    }
  }
  if (message.has_keep_count()) retention.count_max = message.keep_count();
  return request;
}

void ToProto(GarbageStage stage, admin_proto::GarbageProgress& out) {
  switch (stage) {
    case GarbageStage::kWorkflows:
      return out.set_stage(admin_proto::GARBAGE_STAGE_WORKFLOWS);
    case GarbageStage::kJournal:
      return out.set_stage(admin_proto::GARBAGE_STAGE_JOURNAL);
    case GarbageStage::kFiles:
      return out.set_stage(admin_proto::GARBAGE_STAGE_FILES);
  }
}

std::optional<GarbageStage> FromProto(const admin_proto::GarbageProgress& message) {
  switch (message.stage()) {
    case admin_proto::GARBAGE_STAGE_WORKFLOWS:
      return GarbageStage::kWorkflows;
    case admin_proto::GARBAGE_STAGE_JOURNAL:
      return GarbageStage::kJournal;
    case admin_proto::GARBAGE_STAGE_FILES:
      return GarbageStage::kFiles;
    default:
      return std::nullopt;
  }
}

void ToProto(const GarbageReport& report, admin_proto::GarbageReport& out) {
  out.set_workflow_count(report.workflows);
  out.set_record_count(report.records);
  out.set_record_size_bytes(report.record_bytes);
  out.set_blob_count(report.blobs);
  out.set_blob_size_bytes(report.blob_bytes);
  out.set_checkpoint_count(report.checkpoints);
  out.set_temporary_file_count(report.temporary_files);
}

GarbageReport FromProto(const admin_proto::GarbageReport& message) {
  return {.workflows = message.workflow_count(),
          .records = message.record_count(),
          .record_bytes = message.record_size_bytes(),
          .blobs = message.blob_count(),
          .blob_bytes = message.blob_size_bytes(),
          .checkpoints = message.checkpoint_count(),
          .temporary_files = message.temporary_file_count()};
}

}  // namespace orrery::model
