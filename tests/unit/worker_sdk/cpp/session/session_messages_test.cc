#include "worker_sdk/cpp/session/session_messages.h"

#include "orrery/worker/v1/worker_service.pb.h"
#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(SessionMessagesTest, BlobsAreSyncedUnlessTheWelcomeSaysOtherwise) {
  worker::v1::Welcome welcome;
  welcome.set_protocol_version(kProtocolVersion);

  EXPECT_FALSE(ReadWelcome(welcome)->blobs_need_no_sync);
  welcome.set_blobs_need_no_sync(true);
  EXPECT_TRUE(ReadWelcome(welcome)->blobs_need_no_sync);
}

}  // namespace
}  // namespace orrery
