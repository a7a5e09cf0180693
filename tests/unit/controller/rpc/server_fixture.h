// A TestServer for tests of gtest, which fail if a request does.
#pragma once

#include <string>

#include "tests/unit/controller/rpc/test_server.h"
#include <gtest/gtest.h>

namespace orrery::rpc {

class ServerFixture : public ::testing::Test, protected TestServer {
 protected:
  // Submits DoubleWorkflow; returns the id that the response has.
  std::string Submit(const std::string& id);
  workflow::v1::Workflow Get(const std::string& id);
};

}  // namespace orrery::rpc
