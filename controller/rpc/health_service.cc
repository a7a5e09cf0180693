#include "controller/rpc/health_service.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/server_context.h"

namespace orrery::rpc {
namespace {

namespace health_proto = grpc::health::v1;

// The empty name asks for the server as a whole.
constexpr std::array<std::string_view, 5> kServices = {
    "", "orrery.workflow.v1.WorkflowService", "orrery.admin.v1.AdminService",
    "orrery.worker.v1.WorkerService", "orrery.blob.v1.BlobService"};

class HealthService final : public health_proto::Health::Service {
 public:
  grpc::Status Check(grpc::ServerContext*, const health_proto::HealthCheckRequest* request,
                     health_proto::HealthCheckResponse* response) override {
    if (std::ranges::find(kServices, request->service()) == kServices.end()) {
      return {grpc::StatusCode::NOT_FOUND, "there is no service " + request->service()};
    }
    response->set_status(health_proto::HealthCheckResponse::SERVING);
    return grpc::Status::OK;
  }
};

}  // namespace

std::unique_ptr<grpc::Service> MakeHealthService() { return std::make_unique<HealthService>(); }

}  // namespace orrery::rpc
