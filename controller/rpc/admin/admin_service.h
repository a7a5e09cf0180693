// The admin service: backups.
//
// Threading: a synchronous service; its methods run on gRPC's threads, never on the loop thread.
#pragma once

#include <memory>

#include "controller/rpc/admin/backup_access.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace orrery::rpc {

// `backups` outlives the service.
std::unique_ptr<grpc::Service> MakeAdminService(BackupAccess& backups);

}  // namespace orrery::rpc
