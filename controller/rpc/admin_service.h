// The admin service: backups and garbage collection.
//
// Threading: a synchronous service; its methods run on gRPC's threads, never on the loop thread.
#pragma once

#include <memory>

#include "base/limit.h"
#include "controller/maintenance/backup_runner.h"
#include "controller/maintenance/garbage_collector.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace orrery::rpc {

// `calls` is the most that run or wait at a time. Requires: the others outlive the service.
std::unique_ptr<grpc::Service> MakeAdminService(maintenance::BackupRunner& backups,
                                                maintenance::GarbageCollector& garbage,
                                                Limit calls);

}  // namespace orrery::rpc
