// One unary call on the loop's completion queue, from its arrival to its response.
//
// The queue and the handler's callback share the ownership of a call; a handler that never responds
// keeps only the call alive. When a call arrives, the next call of its method is accepted.
//
// Threading: confined to the loop thread.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/rpc/calls.h"
#include "controller/rpc/status.h"
#include "controller/rpc/tag.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_unary_call.h"

namespace orrery::rpc {

template <class Request, class Response>
class UnaryCall final : public Tag,
                        public Call,
                        public std::enable_shared_from_this<UnaryCall<Request, Response>> {
 public:
  using Writer = grpc::ServerAsyncResponseWriter<Response>;
  // Called at most once, on the loop thread.
  using Done = std::function<void(absl::StatusOr<Response>)>;

  struct Method {
    // Requests the next call from gRPC, which reports its arrival to the tag.
    std::function<void(grpc::ServerContext&, Request&, Writer&, Tag*)> await;
    // May respond before it returns.
    std::function<void(const Request&, Done)> handle;
    // Must outlive the calls.
    Calls& calls;
  };

  explicit UnaryCall(std::shared_ptr<const Method> method)
      : method_(std::move(method)), writer_(&context_) {}
  ~UnaryCall() { method_->calls.Remove(*this); }

  static void Await(std::shared_ptr<const Method> method) {
    const auto call = std::make_shared<UnaryCall>(std::move(method));
    call->in_queue_ = call;
    call->method_->await(call->context_, call->request_, call->writer_, call.get());
  }

  void OnEvent(bool is_ok) override {
    // The queue's reference. This function may delete the call.
    const std::shared_ptr<UnaryCall> self = std::exchange(in_queue_, nullptr);
    if (is_answered_ || !is_ok) return;  // The response was sent, or the server shuts down.
    Await(method_);
    method_->calls.Add(*this);
    method_->handle(
        request_, [self](absl::StatusOr<Response> response) { self->Finish(std::move(response)); });
  }

  void Stop(const absl::Status& status) override { Finish(status); }

 private:
  void Finish(absl::StatusOr<Response> response) {
    if (is_answered_) return;
    is_answered_ = true;
    in_queue_ = this->shared_from_this();
    method_->calls.Remove(*this);
    absl::Status status = response.status();
    if (status.ok()) status = CheckResponse(*response);
    if (status.ok()) {
      writer_.Finish(*response, grpc::Status::OK, static_cast<Tag*>(this));
    } else {
      writer_.FinishWithError(ToGrpcStatus(status), static_cast<Tag*>(this));
    }
  }

  const std::shared_ptr<const Method> method_;  // Shared by all calls of the method.
  grpc::ServerContext context_;
  Request request_;
  Writer writer_;
  std::shared_ptr<UnaryCall> in_queue_;  // Set while the queue holds the tag.
  bool is_answered_ = false;
};

}  // namespace orrery::rpc
