#include "tests/unit/controller/rpc/server_fixture.h"

#include <gtest/gtest.h>

namespace orrery::rpc {

std::string ServerFixture::Submit(const std::string& id) {
  grpc::ClientContext context;
  workflow::v1::SubmitWorkflowResponse response;
  const grpc::Status status = workflows_->SubmitWorkflow(&context, DoubleWorkflow(id), &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.workflow_id();
}

workflow::v1::Workflow ServerFixture::Get(const std::string& id) {
  grpc::ClientContext context;
  workflow::v1::GetWorkflowRequest request;
  request.set_workflow_id(id);
  workflow::v1::GetWorkflowResponse response;
  const grpc::Status status = workflows_->GetWorkflow(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.workflow();
}

}  // namespace orrery::rpc
