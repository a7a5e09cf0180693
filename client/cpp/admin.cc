#include "client/cpp/admin.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "graph/codec/time_codec.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/sync_stream.h"
#include "model/codec/garbage_codec.h"
#include "orrery/admin/v1/admin_service.grpc.pb.h"
#include "rpc/channel.h"

namespace orrery::client {
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

absl::StatusOr<GarbageReport> CollectGarbage(const GarbageOptions& options,
                                             const GarbageRequest& request) {
  const std::unique_ptr<admin::v1::AdminService::Stub> stub =
      admin::v1::AdminService::NewStub(rpc::OpenChannel(options.address));
  admin::v1::CollectGarbageRequest message;
  model::ToProto(request, message);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options.timeout));
  const auto reader = stub->CollectGarbage(&context, message);
  std::optional<GarbageReport> report;
  admin::v1::CollectGarbageResponse response;
  while (reader->Read(&response)) {
    if (response.has_report()) report = model::FromProto(response.report());
    const auto stage = model::FromProto(response.progress());
    if (stage.has_value() && options.on_stage) options.on_stage(*stage);
  }
  RETURN_IF_ERROR(rpc::FromGrpcStatus(reader->Finish(), options.address));
  if (report.has_value()) return *report;
  return absl::InternalError("the controller ended the garbage collection without a report");
}

}  // namespace orrery::client
