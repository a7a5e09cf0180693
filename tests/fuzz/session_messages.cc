// Decodes the same bytes as messages of a worker and as messages of the controller.
#include "worker_sdk/cpp/session/session_messages.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "base/utf8.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/session_codec.h"
#include "model/codec/session_codec.h"
#include "model/outcome.h"
#include "orrery/worker/v1/worker_service.pb.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/graph_checks.h"
#include "tests/fuzz/parse_message.h"

namespace orrery::fuzz {
namespace {

namespace worker_proto = orrery::worker::v1;

constexpr absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

// Texts go on to the journal and the clients, whose messages take UTF-8 only.
void CheckOutcomes(const worker_proto::Outcomes& message) {
  const auto outcomes = rpc::FromProto(message, rpc::kLimits);
  if (!outcomes.ok()) return;
  for (const model::Outcome& outcome : *outcomes) {
    const auto* error = std::get_if<model::TaskError>(&outcome.result);
    if (error == nullptr) continue;
    CHECK(IsValidUtf8(error->message));
    CHECK(error->message.size() <= model::kErrorTextBytes.max);
    CHECK(IsValidUtf8(error->details));
  }
}

void CheckHello(const worker_proto::Hello& message) {
  rpc::CatalogCache catalogs;
  const auto hello = rpc::FromProto(message, catalogs, rpc::kLimits);
  if (!hello.ok()) return;
  CHECK(hello->worker.catalog != nullptr);
  CHECK(hello->worker.slots >= 1 && hello->worker.slots <= rpc::kLimits.worker_slots.max);
}

void CheckHeartbeat(const worker_proto::Heartbeat& message) {
  for (const model::AttemptProgress& report : rpc::FromProto(message).reports) {
    CHECK(report.progress.fraction >= 0 && report.progress.fraction <= 1);
    CHECK(IsValidUtf8(report.progress.note));
  }
}

void CheckRequest(const worker_proto::SessionRequest& request) {
  switch (request.message_case()) {
    case worker_proto::SessionRequest::kHello:
      return CheckHello(request.hello());
    case worker_proto::SessionRequest::kOutcomes:
      return CheckOutcomes(request.outcomes());
    case worker_proto::SessionRequest::kReleased:
      (void)model::FromProto(request.released().attempts());
      return;
    case worker_proto::SessionRequest::kHeartbeat:
      return CheckHeartbeat(request.heartbeat());
    default:
      return;
  }
}

void CheckResponse(const worker_proto::SessionResponse& response) {
  switch (response.message_case()) {
    case worker_proto::SessionResponse::kWelcome: {
      const absl::StatusOr<SessionTerms> terms = ReadWelcome(response.welcome());
      if (terms.ok()) CHECK(terms->heartbeat_interval > absl::ZeroDuration());
      return;
    }
    case worker_proto::SessionResponse::kAssign:
      for (const worker_proto::Assignment& assignment : response.assign().assignments()) {
        (void)ReadAssignment(assignment, AnyCatalog());
      }
      return;
    case worker_proto::SessionResponse::kRevoke:
      (void)model::FromProto(response.revoke().attempts());
      return;
    case worker_proto::SessionResponse::kCancel:
      (void)ReadCancel(response.cancel(), kNow);
      return;
    default:
      return;
  }
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  if (worker_proto::SessionRequest request; ParseMessage(bytes, request)) CheckRequest(request);
  if (worker_proto::SessionResponse response; ParseMessage(bytes, response))
    CheckResponse(response);
}

}  // namespace orrery::fuzz
