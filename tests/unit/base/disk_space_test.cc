#include "base/disk_space.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

using ::testing::HasSubstr;

constexpr Limit kReserve{.name = "test_reserve",
                         .max = 64 << 20,
                         .unit = LimitUnit::kBytes,
                         .of = "test",
                         .beyond = "test"};
constexpr std::uint64_t kMebibyte = 1 << 20;

TEST(DiskSpaceTest, ReserveIsKeptFreeAndTheErrorSaysHowMuchIsLeft) {
  const DiskRoom room{.available = 70 * kMebibyte, .total = 10'000 * kMebibyte};

  EXPECT_TRUE(CheckRoom(room, "/root", kReserve, 5 * kMebibyte, "a blob").ok());
  const absl::Status refused = CheckRoom(room, "/root", kReserve, 7 * kMebibyte, "a blob");

  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("a blob: the disk of /root has 70.0 MiB of space left, 64.0 MiB of it"));
}

TEST(DiskSpaceTest, SmallDiskKeepsASmallerReserve) {
  const auto check = [](std::uint64_t available) {
    return CheckRoom(DiskRoom{.available = available, .total = 128 * kMebibyte}, "/", kReserve, 0,
                     "a blob")
        .ok();
  };

  EXPECT_TRUE(check(9 * kMebibyte));
  EXPECT_FALSE(check(8 * kMebibyte));
}

TEST(DiskSpaceTest, DiskThatCannotBeMeasuredRefusesNothing) {
  EXPECT_TRUE(CheckRoom(absl::UnavailableError("away"), "/", kFilesReserve, 1, "a blob").ok());
  EXPECT_TRUE(MeasureDisk("/").ok());
  EXPECT_FALSE(MeasureDisk("/no/such/folder").ok());
}

TEST(DiskSpaceTest, DiskIsNotMeasuredForEveryQuestion) {
  int measured = 0;
  DiskSpace space("/", [&](const std::string&) {
    ++measured;
    return DiskRoom{.available = kMebibyte, .total = 10'000 * kMebibyte};
  });

  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(space.CheckRoom(kFilesReserve, 0, "a blob").ok());

  EXPECT_LT(measured, 100);
}

}  // namespace
}  // namespace orrery
