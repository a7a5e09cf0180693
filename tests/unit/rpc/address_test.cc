#include "rpc/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;

TEST(AddressTest, HostsPortsAndPathsAreReadAndWrittenBack) {
  for (const char* text : {"127.0.0.1:7717", "[::1]:0", "[fe80::1%eth0]:1", "localhost:65535",
                           "unix:/run/o.sock", "example.org:1"}) {
    const absl::StatusOr<Address> address = Address::Parse(text);
    ASSERT_TRUE(address.ok()) << address.status();
    EXPECT_EQ(address->ToString(), text);
  }
}

TEST(AddressTest, WhatIsNoAddressIsRefusedWithTheReason) {
  const auto why = [](std::string_view text) {
    return std::string(Address::Parse(text).status().message());
  };

  EXPECT_THAT(why("7717"), HasSubstr("has no port"));
  EXPECT_THAT(why(":7717"), HasSubstr("host is missing"));
  EXPECT_THAT(why("here:"), HasSubstr("not a number up to 65535"));
  EXPECT_THAT(why("here:65536"), HasSubstr("not a number up to 65535"));
  EXPECT_THAT(why("::1:7717"), HasSubstr("needs brackets"));
  EXPECT_THAT(why("[[]]:7717"), HasSubstr("the brackets hold no IPv6 address"));
  EXPECT_THAT(why("[here]:7717"), HasSubstr("the brackets hold no IPv6 address"));
  EXPECT_THAT(why("[fe80::1%]:7717"), HasSubstr("the brackets hold no IPv6 address"));
  EXPECT_THAT(why("he re:7717"), HasSubstr("letters, digits"));
  EXPECT_THAT(why("unix:"), HasSubstr("the path is missing"));
  EXPECT_THAT(why("unix:/" + std::string(107, 'x')), HasSubstr("unix_path_bytes"));
}

TEST(AddressTest, NoCharacterOfAPathHasAMeaningInATarget) {
  const auto target_of = [](std::string_view text) { return Address::Parse(text)->Target(); };

  EXPECT_EQ(target_of("unix:/run/o.sock"), "unix:/run/o.sock");
  EXPECT_EQ(target_of("unix:/a%2Fb/#c?d e/../s"), "unix:/a%252Fb/%23c%3Fd%20e/../s");
  EXPECT_EQ(target_of("unix://run/s"), "unix:/%2Frun/s");
  EXPECT_EQ(target_of("unix:/caf\xe9"), "unix:/caf%E9");
  EXPECT_EQ(target_of("127.0.0.1:7717"), "127.0.0.1:7717");
  EXPECT_EQ(target_of("[::1]:1"), "[::1]:1");
}

TEST(AddressTest, WhatGrpcCannotReachIsRefused) {
  EXPECT_FALSE(Address::Parse("unix-abstract:orrery").ok());
  EXPECT_FALSE(Address::Parse("unix:/run/a,b").ok());
  EXPECT_FALSE(Address::Parse(std::string("unix:\0orrery", 12)).ok());
}

TEST(AddressTest, PortZeroIsOnlyForListening) {
  EXPECT_EQ(Address::ParseReachable("unix:/s")->unix_path, "/s");
  EXPECT_EQ(Address::ParseReachable("here:1")->port, 1);
  EXPECT_THAT(std::string(Address::ParseReachable("here:0").status().message()),
              HasSubstr("port 0"));
}

TEST(AddressTest, OnlyThisMachinesOwnAddressesAreLocal) {
  const auto is_local = [](std::string_view text) { return Address::Parse(text)->is_local(); };

  EXPECT_TRUE(is_local("unix:/run/o.sock"));
  EXPECT_TRUE(is_local("127.0.0.1:1"));
  EXPECT_TRUE(is_local("127.9.9.9:1"));
  EXPECT_TRUE(is_local("localhost:1"));
  EXPECT_TRUE(is_local("[::1]:1"));
  EXPECT_FALSE(is_local("0.0.0.0:1"));
  EXPECT_FALSE(is_local("[::]:1"));
  EXPECT_FALSE(is_local("192.168.0.1:1"));
  EXPECT_FALSE(is_local("127.0.0.1.example.org:1"));
}

}  // namespace
}  // namespace orrery::rpc
