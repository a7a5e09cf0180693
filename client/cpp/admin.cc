#include "client/cpp/admin.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "client/cpp/unknown_outcome.h"
#include "fmt/format.h"
#include "graph/codec/time_codec.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/sync_stream.h"
#include "model/codec/garbage_codec.h"
#include "orrery/admin/v1/admin_service.grpc.pb.h"
#include "rpc/channel.h"

namespace orrery::client {
namespace {

constexpr absl::Duration kConnectTimeout = absl::Seconds(30);

// Returns true if it is unknown what a controller that was reached has done.
bool IsUnanswered(const absl::Status& status) {
  return absl::IsDeadlineExceeded(status) || absl::IsUnavailable(status);
}

}  // namespace

absl::StatusOr<Backup> CreateBackup(const BackupRequest& request) {
  const std::shared_ptr<grpc::Channel> channel = rpc::OpenChannel(request.address);
  const auto stub = admin::v1::AdminService::NewStub(channel);
  const bool is_reachable = rpc::IsReachable(*channel, kConnectTimeout);
  admin::v1::CreateBackupRequest message;
  message.set_directory(request.directory);
  admin::v1::CreateBackupResponse response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + request.timeout));
  const absl::Status status =
      rpc::FromGrpcStatus(stub->CreateBackup(&context, message, &response), request.address);
  if (is_reachable && IsUnanswered(status)) {
    return OutcomeUnknown(
        status, fmt::format("the backup {} may exist", request.directory),
        fmt::format("a folder of that name holds a whole backup; look with: orrery fsck --root {}",
                    request.directory));
  }
  RETURN_IF_ERROR(status);
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
  bool has_begun = false;
  while (reader->Read(&response)) {
    has_begun = true;
    if (response.has_report()) report = model::FromProto(response.report());
    const auto stage = model::FromProto(response.progress());
    if (stage.has_value() && options.on_stage) options.on_stage(*stage);
  }
  const absl::Status status = rpc::FromGrpcStatus(reader->Finish(), options.address);
  if (has_begun && IsUnanswered(status)) {
    return OutcomeUnknown(status, "a part of the garbage may have been deleted",
                          "collecting again is safe: orrery gc");
  }
  RETURN_IF_ERROR(status);
  if (report.has_value()) return *report;
  return absl::InternalError("the controller ended the garbage collection without a report");
}

}  // namespace orrery::client
