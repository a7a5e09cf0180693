#include "model/codec/garbage_codec.h"

#include "orrery/admin/v1/admin_service.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::model {
namespace {

namespace admin_proto = orrery::admin::v1;
using ::testing::HasSubstr;

TEST(GarbageCodecTest, RequestSurvivesWithAndWithoutLimits) {
  for (const Retention& retention :
       {Retention(), Retention{.age_max = absl::Milliseconds(1500), .count_max = 0}}) {
    admin_proto::CollectGarbageRequest message;
    ToProto(GarbageRequest{.is_dry_run = true, .retention = retention}, message);

    const absl::StatusOr<GarbageRequest> read = FromProto(message);

    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(read->is_dry_run);
    EXPECT_EQ(read->retention, retention);
  }
}

TEST(GarbageCodecTest, NegativeAgeIsRefused) {
  admin_proto::CollectGarbageRequest message;
  message.mutable_older_than()->set_seconds(-1);

  EXPECT_THAT(FromProto(message).status().message(), HasSubstr("older_than is -1s"));
}

TEST(GarbageCodecTest, EveryStageSurvivesAndAnUnknownOneIsNone) {
  for (const GarbageStage stage :
       {GarbageStage::kWorkflows, GarbageStage::kJournal, GarbageStage::kFiles}) {
    admin_proto::GarbageProgress message;
    ToProto(stage, message);
    EXPECT_EQ(FromProto(message), stage);
  }
  EXPECT_EQ(FromProto(admin_proto::GarbageProgress()), std::nullopt);
}

TEST(GarbageCodecTest, ReportSurvives) {
  const GarbageReport report{.workflows = 1,
                             .records = 2,
                             .record_bytes = 3,
                             .blobs = 4,
                             .blob_bytes = 5,
                             .checkpoints = 6,
                             .temporary_files = 7};
  admin_proto::GarbageReport message;
  ToProto(report, message);

  EXPECT_EQ(FromProto(message), report);
}

}  // namespace
}  // namespace orrery::model
