#include "controller/checkpoints/checkpoint_entry.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::checkpoints {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

CheckpointItem DoneWithPort(std::string port) {
  return CheckpointEntry{
      .kind = CheckpointKind::kDone,
      .outputs = {{std::move(port), std::make_shared<graph::Value>(graph::JsonValue("1"))}}};
}

TEST(CheckpointEntryTest, OrdinaryAndMapPortNamesAreFine) {
  for (const char* port : {"value", "*", "doubler_output-3", "a b", "...", ".hidden", "größe"}) {
    EXPECT_TRUE(CheckPortNames(DoneWithPort(port)).ok()) << port;
  }
}

TEST(CheckpointEntryTest, PortNamesThatLeaveTheFolderAreRefused) {
  for (const std::string& port :
       {std::string(""), std::string("."), std::string(".."), std::string("../x"),
        std::string("/etc/passwd"), std::string("a/b"), std::string("a\0b", 3)}) {
    EXPECT_EQ(CheckPortNames(DoneWithPort(port)).code(), absl::StatusCode::kInvalidArgument)
        << port;
  }
}

TEST(CheckpointEntryTest, PortNameHasAMaximum) {
  EXPECT_TRUE(CheckPortNames(DoneWithPort(std::string(kPortNameBytes.max, 'p'))).ok());

  const absl::Status status = CheckPortNames(DoneWithPort(std::string(201, 'p')));

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("has 201 bytes, at most 200 bytes are accepted"));
}

TEST(CheckpointEntryTest, LocationIsItsOwnFolderWhileItFits) {
  EXPECT_EQ(LocationDirectoryName({}), "-");
  EXPECT_EQ(LocationDirectoryName(graph::Location::Parse("-.N3.L2.N-1").value()), "-.N3.L2.N-1");
}

TEST(CheckpointEntryTest, DeepLocationsGetShortDistinctFolders) {
  graph::Location deep;
  for (int i = 0; i < 300; ++i) deep = deep.Child(graph::StepKind::kNode, 5);

  const std::string name = LocationDirectoryName(deep);
  const std::string sibling = LocationDirectoryName(deep.Child(graph::StepKind::kNode, 1));

  EXPECT_EQ(name.size(), 200u);
  EXPECT_THAT(name, MatchesRegex("-(.N5)*.?N?~[0-9a-f]{16}"));
  EXPECT_NE(name, sibling);
}

TEST(CheckpointEntryTest, CostCountsInlineBytesButNotBlobs) {
  auto entry = std::get<CheckpointEntry>(DoneWithPort("value"));
  const std::size_t small = CostOf(entry);
  entry.outputs[0].value =
      std::make_shared<graph::Value>(graph::BytesValue(std::string(50'000, 'x')));
  EXPECT_GE(CostOf(entry), small + 49'000);
  entry.outputs[0].value =
      std::make_shared<graph::Value>(graph::Value{graph::BlobRef{{}, 1'000'000'000}, "", ""});
  EXPECT_LE(CostOf(entry), small);
}

}  // namespace
}  // namespace orrery::checkpoints
