// The admin service: backups and garbage collection.
//
// Threading: a synchronous service; its methods run on gRPC's threads, never on the loop thread.
#pragma once

#include <memory>

#include "controller/rpc/admin/backup_access.h"
#include "controller/rpc/admin/garbage_access.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace orrery::rpc {

// Requires: both outlive the service.
std::unique_ptr<grpc::Service> MakeAdminService(BackupAccess& backups, GarbageAccess& garbage);

}  // namespace orrery::rpc
