// grpc.health.v1.Health, so that supervisors and load balancers can ask.
//
// An own implementation, because gRPC's default one runs on threads of its callback API. Watch is
// not offered, which the protocol allows.
//
// Threading: a synchronous service; its methods run on gRPC's threads.
#pragma once

#include <memory>

namespace grpc {
class Service;
}  // namespace grpc

namespace orrery::rpc {

// Whoever is answered is served: the server takes calls only while the controller works.
std::unique_ptr<grpc::Service> MakeHealthService();

}  // namespace orrery::rpc
