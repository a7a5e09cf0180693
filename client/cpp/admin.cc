#include "client/cpp/admin.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "graph/codec/time_codec.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/sync_stream.h"
#include "orrery/admin/v1/admin_service.grpc.pb.h"
#include "rpc/channel.h"

namespace orrery::client {
namespace {

std::optional<GarbageStage> FromProto(admin::v1::GarbageStage stage) {
  switch (stage) {
    case admin::v1::GARBAGE_STAGE_WORKFLOWS:
      return GarbageStage::kWorkflows;
    case admin::v1::GARBAGE_STAGE_JOURNAL:
      return GarbageStage::kJournal;
    case admin::v1::GARBAGE_STAGE_FILES:
      return GarbageStage::kFiles;
    default:
      return std::nullopt;  // Of a newer controller.
  }
}

GarbageReport FromProto(const admin::v1::GarbageReport& report) {
  return {.workflows = report.workflow_count(),
          .records = report.record_count(),
          .record_bytes = report.record_size_bytes(),
          .blobs = report.blob_count(),
          .blob_bytes = report.blob_size_bytes(),
          .checkpoints = report.checkpoint_count(),
          .temporary_files = report.temporary_file_count()};
}

}  // namespace

absl::StatusOr<Backup> CreateBackup(const BackupRequest& request) {
  const std::unique_ptr<admin::v1::AdminService::Stub> stub =
      admin::v1::AdminService::NewStub(rpc::OpenChannel(request.address));
  admin::v1::CreateBackupRequest message;
  message.set_directory(request.directory);
  admin::v1::CreateBackupResponse response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + request.timeout));
  RETURN_IF_ERROR(
      rpc::FromGrpcStatus(stub->CreateBackup(&context, message, &response), request.address));
  const admin::v1::Backup& backup = response.backup();
  return Backup{.directory = backup.directory(),
                .created_at = graph::DecodeTime(backup.created_at()),
                .records = backup.record_count(),
                .blobs = backup.blob_count(),
                .blob_bytes = backup.blob_size_bytes()};
}

absl::StatusOr<GarbageReport> CollectGarbage(const GarbageRequest& request) {
  const std::unique_ptr<admin::v1::AdminService::Stub> stub =
      admin::v1::AdminService::NewStub(rpc::OpenChannel(request.address));
  admin::v1::CollectGarbageRequest message;
  message.set_dry_run(request.is_dry_run);
  if (request.older_than.has_value()) {
    message.mutable_older_than()->set_seconds(absl::ToInt64Seconds(*request.older_than));
  }
  if (request.keep.has_value()) message.set_keep_count(*request.keep);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + request.timeout));
  const auto reader = stub->CollectGarbage(&context, message);
  std::optional<GarbageReport> report;
  admin::v1::CollectGarbageResponse response;
  while (reader->Read(&response)) {
    if (response.has_report()) report = FromProto(response.report());
    const auto stage = FromProto(response.progress().stage());
    if (stage.has_value() && request.on_stage) request.on_stage(*stage);
  }
  RETURN_IF_ERROR(rpc::FromGrpcStatus(reader->Finish(), request.address));
  if (report.has_value()) return *report;
  return absl::InternalError("the controller ended the garbage collection without a report");
}

}  // namespace orrery::client
