#include "controller/rpc/admin_service.h"

#include <climits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/rpc/status.h"
#include "fmt/format.h"
#include "graph/codec/time_codec.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/sync_stream.h"
#include "orrery/admin/v1/admin_service.grpc.pb.h"

namespace orrery::rpc {
namespace {

namespace admin_proto = orrery::admin::v1;

absl::Status CheckPath(const std::string& path) {
  if (path.empty()) return absl::InvalidArgumentError("the backup's folder is not given");
  if (path.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("the backup's folder has a NUL byte in its name");
  }
  if (path.size() >= PATH_MAX) {
    return absl::InvalidArgumentError(fmt::format(
        "the backup's folder has a name of {} bytes, it may have {}", path.size(), PATH_MAX - 1));
  }
  return absl::OkStatus();
}

admin_proto::GarbageStage ToProto(maintenance::GarbageStage stage) {
  switch (stage) {
    case maintenance::GarbageStage::kWorkflows:
      return admin_proto::GARBAGE_STAGE_WORKFLOWS;
    case maintenance::GarbageStage::kJournal:
      return admin_proto::GARBAGE_STAGE_JOURNAL;
    case maintenance::GarbageStage::kFiles:
      break;
  }
  return admin_proto::GARBAGE_STAGE_FILES;
}

absl::StatusOr<maintenance::GarbageRequest> GarbageRequestFromProto(
    const admin_proto::CollectGarbageRequest& message) {
  maintenance::GarbageRequest request{.is_dry_run = message.dry_run()};
  if (message.has_older_than()) {
    request.age_max = graph::DecodeDuration(message.older_than());
    if (request.age_max < absl::ZeroDuration()) {
      return absl::InvalidArgumentError(fmt::format("older_than is {}, it must not be negative",
                                                    absl::FormatDuration(request.age_max)));
    }
  }
  if (message.has_keep_count()) request.count_max = message.keep_count();
  return request;
}

void ToProto(const maintenance::GarbageReport& report, admin_proto::GarbageReport& out) {
  out.set_workflow_count(report.workflows);
  out.set_record_count(report.records);
  out.set_record_size_bytes(report.record_bytes);
  out.set_blob_count(report.blobs);
  out.set_blob_size_bytes(report.blob_bytes);
  out.set_checkpoint_count(report.checkpoints);
  out.set_temporary_file_count(report.temporary_files);
}

class AdminService final : public admin_proto::AdminService::Service {
 public:
  AdminService(maintenance::BackupRunner& backups, maintenance::GarbageCollector& garbage)
      : backups_(backups), garbage_(garbage) {}

  // A call that nobody waits for any more must end: the server waits for it when it stops.
  grpc::Status CreateBackup(grpc::ServerContext* context,
                            const admin_proto::CreateBackupRequest* request,
                            admin_proto::CreateBackupResponse* response) override {
    if (absl::Status status = CheckPath(request->directory()); !status.ok()) {
      return ToGrpcStatus(status);
    }
    const absl::StatusOr<maintenance::BackupManifest> made =
        backups_.Create(request->directory(), [context] { return context->IsCancelled(); });
    if (!made.ok()) return ToGrpcStatus(made.status());
    admin_proto::Backup& backup = *response->mutable_backup();
    backup.set_directory(request->directory());
    backup.mutable_created_at()->set_seconds(absl::ToUnixSeconds(made->created_at));
    backup.set_record_count(made->records);
    backup.set_blob_count(made->blobs);
    backup.set_blob_size_bytes(made->blob_bytes);
    return grpc::Status::OK;
  }

  grpc::Status CollectGarbage(
      grpc::ServerContext* context, const admin_proto::CollectGarbageRequest* request,
      grpc::ServerWriter<admin_proto::CollectGarbageResponse>* writer) override {
    const absl::StatusOr<maintenance::GarbageRequest> wanted = GarbageRequestFromProto(*request);
    if (!wanted.ok()) return ToGrpcStatus(wanted.status());
    const absl::StatusOr<maintenance::GarbageReport> report =
        garbage_.Collect(*wanted, {.is_cancelled = [context] { return context->IsCancelled(); },
                                   .on_stage =
                                       [writer](maintenance::GarbageStage stage) {
                                         admin_proto::CollectGarbageResponse response;
                                         response.mutable_progress()->set_stage(ToProto(stage));
                                         writer->Write(response);
                                       }});
    if (!report.ok()) return ToGrpcStatus(report.status());
    admin_proto::CollectGarbageResponse response;
    ToProto(*report, *response.mutable_report());
    writer->Write(response);
    return grpc::Status::OK;
  }

 private:
  maintenance::BackupRunner& backups_;
  maintenance::GarbageCollector& garbage_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAdminService(maintenance::BackupRunner& backups,
                                                maintenance::GarbageCollector& garbage) {
  return std::make_unique<AdminService>(backups, garbage);
}

}  // namespace orrery::rpc
