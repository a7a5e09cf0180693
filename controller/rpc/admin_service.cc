#include "controller/rpc/admin_service.h"

#include <climits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/rpc/call_gate.h"
#include "controller/rpc/status.h"
#include "fmt/format.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/sync_stream.h"
#include "model/codec/garbage_codec.h"
#include "model/garbage.h"
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

class AdminService final : public admin_proto::AdminService::Service {
 public:
  AdminService(maintenance::BackupRunner& backups, maintenance::GarbageCollector& garbage,
               Limit calls)
      : backups_(backups), garbage_(garbage), gate_(calls) {}

  // A call that nobody waits for any more must end: the server waits for it when it stops.
  grpc::Status CreateBackup(grpc::ServerContext* context,
                            const admin_proto::CreateBackupRequest* request,
                            admin_proto::CreateBackupResponse* response) override {
    const absl::StatusOr<CallGate::Pass> pass = gate_.Enter();
    if (!pass.ok()) return ToGrpcStatus(pass.status());
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
    const absl::StatusOr<CallGate::Pass> pass = gate_.Enter();
    if (!pass.ok()) return ToGrpcStatus(pass.status());
    const absl::StatusOr<model::GarbageRequest> wanted = model::FromProto(*request);
    if (!wanted.ok()) return ToGrpcStatus(wanted.status());
    const absl::StatusOr<model::GarbageReport> report =
        garbage_.Collect(*wanted, {.is_cancelled = [context] { return context->IsCancelled(); },
                                   .on_stage =
                                       [writer](model::GarbageStage stage) {
                                         admin_proto::CollectGarbageResponse response;
                                         model::ToProto(stage, *response.mutable_progress());
                                         writer->Write(response);
                                       }});
    if (!report.ok()) return ToGrpcStatus(report.status());
    admin_proto::CollectGarbageResponse response;
    model::ToProto(*report, *response.mutable_report());
    writer->Write(response);
    return grpc::Status::OK;
  }

 private:
  maintenance::BackupRunner& backups_;
  maintenance::GarbageCollector& garbage_;
  CallGate gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAdminService(maintenance::BackupRunner& backups,
                                                maintenance::GarbageCollector& garbage,
                                                Limit calls) {
  return std::make_unique<AdminService>(backups, garbage, calls);
}

}  // namespace orrery::rpc
