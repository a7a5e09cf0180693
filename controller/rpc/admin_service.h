// The admin service: backups and garbage collection.
//
// Threading: a synchronous service; its methods run on gRPC's threads, never on the loop thread.
#pragma once

#include <memory>

#include "controller/maintenance/backup_runner.h"
#include "controller/maintenance/garbage_collector.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace orrery::rpc {

// Requires: both outlive the service.
std::unique_ptr<grpc::Service> MakeAdminService(maintenance::BackupRunner& backups,
                                                maintenance::GarbageCollector& garbage);

}  // namespace orrery::rpc
