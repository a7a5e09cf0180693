// Implements grpc.health.v1.Health, for supervisors and load balancers.
//
// Does not use gRPC's implementation, which runs on threads of its callback API. Does not implement
// Watch, which the protocol allows.
//
// Threading: a synchronous service; its methods run on gRPC's threads.
#pragma once

#include <memory>

namespace grpc {
class Service;
}  // namespace grpc

namespace orrery::rpc {

// Responds SERVING to every call: the server accepts calls only while the controller works.
std::unique_ptr<grpc::Service> MakeHealthService();

}  // namespace orrery::rpc
