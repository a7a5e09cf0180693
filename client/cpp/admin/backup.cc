#include "client/cpp/admin/backup.h"

#include <memory>

#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "client/cpp/channel.h"
#include "client/cpp/rpc_status.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "orrery/admin/v1/admin_service.grpc.pb.h"

namespace orrery::client {

absl::StatusOr<Backup> CreateBackup(const BackupRequest& request) {
  const std::unique_ptr<admin::v1::AdminService::Stub> stub =
      admin::v1::AdminService::NewStub(OpenChannel(request.address));
  admin::v1::CreateBackupRequest message;
  message.set_directory(request.directory);
  admin::v1::CreateBackupResponse response;
  grpc::ClientContext context;
  SetDeadline(context, absl::Now() + request.timeout);
  RETURN_IF_ERROR(FromRpcStatus(stub->CreateBackup(&context, message, &response), request.address));
  const admin::v1::Backup& backup = response.backup();
  return Backup{.directory = backup.directory(),
                .created_at = absl::FromUnixSeconds(backup.created_at().seconds()),
                .records = backup.record_count(),
                .blobs = backup.blob_count(),
                .blob_bytes = backup.blob_size_bytes()};
}

}  // namespace orrery::client
