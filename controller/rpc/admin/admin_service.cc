#include "controller/rpc/admin/admin_service.h"

#include <climits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/rpc/status.h"
#include "fmt/format.h"
#include "grpcpp/server_context.h"
#include "orrery/admin/v1/admin_service.grpc.pb.h"

namespace orrery::rpc {
namespace {

namespace proto = orrery::admin::v1;

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

class AdminService final : public proto::AdminService::Service {
 public:
  explicit AdminService(BackupAccess& backups) : backups_(backups) {}

  // A call that nobody waits for any more must end: the server waits for it when it stops.
  grpc::Status CreateBackup(grpc::ServerContext* context, const proto::CreateBackupRequest* request,
                            proto::CreateBackupResponse* response) override {
    if (absl::Status status = CheckPath(request->directory()); !status.ok()) {
      return ToGrpcStatus(status);
    }
    const absl::StatusOr<BackupMade> made =
        backups_.Create(request->directory(), [context] { return context->IsCancelled(); });
    if (!made.ok()) return ToGrpcStatus(made.status());
    proto::Backup& backup = *response->mutable_backup();
    backup.set_directory(request->directory());
    backup.mutable_created_at()->set_seconds(absl::ToUnixSeconds(made->created_at));
    backup.set_record_count(made->records);
    backup.set_blob_count(made->blobs);
    backup.set_blob_size_bytes(made->blob_bytes);
    return grpc::Status::OK;
  }

 private:
  BackupAccess& backups_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAdminService(BackupAccess& backups) {
  return std::make_unique<AdminService>(backups);
}

}  // namespace orrery::rpc
