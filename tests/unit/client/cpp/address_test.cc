#include "client/cpp/address.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::client {
namespace {

using ::testing::HasSubstr;

TEST(ResolveAddressTest, NothingSaidIsTheSocketOfTheRoot) {
  EXPECT_EQ(ResolveAddress({.root = "/srv/orrery"}).value(), "unix:/srv/orrery/orreryd.sock");
}

TEST(ResolveAddressTest, EnvironmentIsPreferredToTheRoot) {
  EXPECT_EQ(ResolveAddress({.environment = "cluster:7717", .root = "/srv/orrery"}).value(),
            "cluster:7717");
}

TEST(ResolveAddressTest, CallerIsPreferredToTheEnvironment) {
  EXPECT_EQ(ResolveAddress({.server = "unix:/run/orreryd.sock",
                            .environment = "cluster:7717",
                            .root = "/srv/orrery"})
                .value(),
            "unix:/run/orreryd.sock");
}

TEST(ResolveAddressTest, RootTooLongForASocketIsRefused) {
  const absl::Status status = ResolveAddress({.root = "/" + std::string(100, 'r')}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("has 114 bytes, at most 107 bytes"));
}

TEST(ResolveAddressTest, AddressWithoutAPortIsRefused) {
  for (const std::string server : {"cluster", "cluster:", ":7717", "unix:", "cluster:70000"}) {
    EXPECT_EQ(ResolveAddress({.server = server, .root = "/srv/orrery"}).status().code(),
              absl::StatusCode::kInvalidArgument)
        << server;
  }
}

}  // namespace
}  // namespace orrery::client
