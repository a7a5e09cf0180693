#include "controller/rpc/health_service.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/rpc/unary_call.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/completion_queue.h"

namespace orrery::rpc {
namespace {

namespace health_proto = grpc::health::v1;

// The empty name asks for the server as a whole.
constexpr std::array<std::string_view, 5> kServices = {
    "", "orrery.workflow.v1.WorkflowService", "orrery.admin.v1.AdminService",
    "orrery.worker.v1.WorkerService", "orrery.blob.v1.BlobService"};

absl::StatusOr<health_proto::HealthCheckResponse> Check(
    const health_proto::HealthCheckRequest& request) {
  if (std::ranges::find(kServices, request.service()) == kServices.end()) {
    return absl::NotFoundError("there is no service " + request.service());
  }
  health_proto::HealthCheckResponse response;
  response.set_status(health_proto::HealthCheckResponse::SERVING);
  return response;
}

}  // namespace

class HealthService::Impl {
 public:
  explicit Impl(Calls& calls) : calls_(calls) {}

  grpc::Service& service() { return service_; }

  void Start(grpc::ServerCompletionQueue& queue) {
    using One = UnaryCall<health_proto::HealthCheckRequest, health_proto::HealthCheckResponse>;
    One::Await(std::make_shared<const One::Method>(One::Method{
        .await =
            [this, &queue](grpc::ServerContext& context, health_proto::HealthCheckRequest& request,
                           One::Writer& writer, Tag* tag) {
              service_.RequestCheck(&context, &request, &writer, &queue, &queue, tag);
            },
        .handle = [](const health_proto::HealthCheckRequest& request,
                     const One::Done& done) { done(Check(request)); },
        .calls = calls_}));
  }

 private:
  Calls& calls_;
  health_proto::Health::WithAsyncMethod_Check<health_proto::Health::Service> service_;
};

HealthService::HealthService(Calls& calls) : impl_(std::make_unique<Impl>(calls)) {}

HealthService::~HealthService() = default;

grpc::Service& HealthService::service() { return impl_->service(); }

void HealthService::Start(grpc::ServerCompletionQueue& queue) { impl_->Start(queue); }

}  // namespace orrery::rpc
