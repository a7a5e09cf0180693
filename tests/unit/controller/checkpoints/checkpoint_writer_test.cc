#include "controller/checkpoints/checkpoint_writer.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <sys/stat.h>

#include "base/blob_layout.h"
#include "base/blob_writer.h"
#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::checkpoints {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const Uuid kWorkflow = Uuid::FromInteger(207);
constexpr char kFolder[] = "/checkpoints/00000000-0000-0000-0000-0000000000cf";

graph::Location At(const char* text) { return graph::Location::Parse(text).value(); }

graph::NamedValue Inline(std::string port, std::string json) {
  return {std::move(port), std::make_shared<graph::Value>(graph::JsonValue(std::move(json)))};
}

class CheckpointWriterTest : public ::testing::Test {
 protected:
  // Path below the workflow's folder -> content.
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    const std::filesystem::path folder = root_.path() + kFolder;
    if (!std::filesystem::exists(folder)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      files[std::filesystem::relative(entry.path(), folder)] =
          ReadFile(entry.path().string(), 1'000'000).value();
    }
    return files;
  }
  graph::NamedValue Blob(std::string port, std::string_view bytes) const {
    const Digest digest = BlobWriter::WriteWhole({.root = root_.path(),
                                                  .owner = "test",
                                                  .blob_bytes = {.max = bytes.size()},
                                                  .sync = Sync::kNone},
                                                 bytes)
                              .value();
    return {std::move(port), std::make_shared<graph::Value>(graph::Value{
                                 graph::BlobRef{digest, bytes.size()}, "application/x-npy", ""})};
  }
  static CheckpointEntry Entry(CheckpointKind kind, const char* location) {
    return {.workflow = kWorkflow, .location = At(location), .kind = kind};
  }
  CheckpointEntry Done(const char* location, std::vector<graph::NamedValue> outputs) const {
    CheckpointEntry entry = Entry(CheckpointKind::kDone, location);
    entry.outputs = std::move(outputs);
    return entry;
  }

  TempDirectory root_ = MakeFastDirectory();
  CheckpointWriter writer_ = CheckpointWriter::Open(root_.path()).value();
};

TEST_F(CheckpointWriterTest, WorkflowHasItsNameAndStartTime) {
  const absl::Time start = absl::FromUnixMicros(1'700'000'000'044'935);

  ASSERT_TRUE(writer_.Write(CheckpointWorkflow{kWorkflow, "fact\"orial", start}).ok());

  EXPECT_THAT(Files(), ElementsAre(Pair("_metadata", R"({"name": "fact\"orial", "start_time": )"
                                                     R"("2023-11-14T22:13:20.044935"})")));
}

TEST_F(CheckpointWriterTest, FunctionNodeHasTheFilesOfTierkreis) {
  CheckpointEntry started = Entry(CheckpointKind::kStarted, "-.N2");
  started.nodedef = R"({"type":"function"})";
  started.definition = R"({"function_name":"igt"})";

  ASSERT_TRUE(writer_.Write(started).ok());
  ASSERT_TRUE(writer_.Write(Done("-.N2", {Inline("value", "true")})).ok());

  EXPECT_THAT(Files(), ElementsAre(Pair("-.N2/_done", ""),
                                   Pair("-.N2/definition", R"({"function_name":"igt"})"),
                                   Pair("-.N2/nodedef", R"({"type":"function"})"),
                                   Pair("-.N2/outputs/value", "true")));
}

TEST_F(CheckpointWriterTest, GraphInstanceHasEmptyMetadataAndItsInputs) {
  CheckpointEntry inputs = Entry(CheckpointKind::kInputs, "-.N5.N-1");
  inputs.outputs = {Inline("body", "{}"), Inline("value", "4")};
  CheckpointEntry started = Entry(CheckpointKind::kStarted, "-.N5");
  started.nodedef = "{}";
  started.is_graph_instance = true;

  ASSERT_TRUE(writer_.Write(inputs).ok());
  ASSERT_TRUE(writer_.Write(started).ok());

  EXPECT_THAT(Files(),
              ElementsAre(Pair("-.N5.N-1/outputs/body", "{}"), Pair("-.N5.N-1/outputs/value", "4"),
                          Pair("-.N5/_metadata", ""), Pair("-.N5/nodedef", "{}")));
}

TEST_F(CheckpointWriterTest, FailedNodeHasMessageAndDetails) {
  CheckpointEntry failed = Entry(CheckpointKind::kFailed, "-.N2");
  failed.error = "division by zero";
  failed.error_details = "at line 3";

  ASSERT_TRUE(writer_.Write(failed).ok());

  EXPECT_THAT(Files(), ElementsAre(Pair("-.N2/_error", "division by zero"),
                                   Pair("-.N2/errors", "division by zero\nat line 3\n")));
}

TEST_F(CheckpointWriterTest, MapPortsAreFileNames) {
  ASSERT_TRUE(writer_.Write(Done("-.N4", {Inline("*", "1"), Inline("out-0", "2")})).ok());

  EXPECT_THAT(Files(), ElementsAre(Pair("-.N4/_done", ""), Pair("-.N4/outputs/*", "1"),
                                   Pair("-.N4/outputs/out-0", "2")));
}

TEST_F(CheckpointWriterTest, LargeValueIsAHardLinkToItsBlob) {
  const graph::NamedValue output = Blob("value", "npy bytes");

  ASSERT_TRUE(writer_.Write(Done("-.N2", {output})).ok());

  struct stat shown {};
  struct stat blob {};
  ASSERT_EQ(::stat((root_.path() + kFolder + "/-.N2/outputs/value").c_str(), &shown), 0);
  ASSERT_EQ(::stat(BlobPath(root_.path(), Sha256("npy bytes")).c_str(), &blob), 0);
  EXPECT_EQ(shown.st_ino, blob.st_ino);
  EXPECT_THAT(Files(),
              ElementsAre(Pair("-.N2/_done", ""), Pair("-.N2/outputs/value", "npy bytes")));
}

// The blobs may lie on another file system, which no hard link crosses.
TEST_F(CheckpointWriterTest, LargeValueIsCopiedWhereLinksCannotReach) {
  absl::StatusOr<TempDirectory> elsewhere = TempDirectory::Create();
  ASSERT_TRUE(elsewhere.ok());
  struct stat here {};
  struct stat there {};
  ASSERT_EQ(::stat(root_.path().c_str(), &here), 0);
  ASSERT_EQ(::stat(elsewhere->path().c_str(), &there), 0);
  if (here.st_dev == there.st_dev) GTEST_SKIP() << "no second file system";
  const graph::NamedValue output = Blob("value", std::string(3'000'000, 'x'));
  const std::string blobs = root_.path() + "/blobs";
  std::filesystem::copy(blobs, elsewhere->path(), std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(blobs);
  std::filesystem::create_directory_symlink(elsewhere->path(), blobs);

  ASSERT_TRUE(writer_.Write(Done("-.N2", {output})).ok());

  EXPECT_EQ(ReadFile(root_.path() + kFolder + "/-.N2/outputs/value", 4'000'000).value().size(),
            3'000'000u);
}

TEST_F(CheckpointWriterTest, WritingAgainChangesNothing) {
  const std::vector<graph::NamedValue> outputs = {Inline("a", "1"), Blob("b", "bytes")};
  ASSERT_TRUE(writer_.Write(Done("-.N2", outputs)).ok());
  const std::map<std::string, std::string> first = Files();

  ASSERT_TRUE(writer_.Write(Done("-.N2", outputs)).ok());
  ASSERT_TRUE(writer_.Write(Done("-.N3", {Inline("a", "2")})).ok());

  EXPECT_EQ(Files().size(), first.size() + 2);
  EXPECT_EQ(ReadFile(BlobPath(root_.path(), Sha256("bytes")), 10).value(), "bytes");
}

TEST_F(CheckpointWriterTest, LogLinesFollowEachOther) {
  ASSERT_TRUE(writer_.Write(CheckpointLogLine{kWorkflow, "one"}).ok());
  ASSERT_TRUE(writer_.Write(CheckpointLogLine{kWorkflow, "two"}).ok());

  EXPECT_THAT(Files(), ElementsAre(Pair("logs", "one\ntwo\n")));
}

TEST_F(CheckpointWriterTest, RemovedWorkflowIsGoneAtOnceAndDeletedInSteps) {
  ASSERT_TRUE(writer_.Write(Done("-.N2", {Inline("a", "1"), Inline("b", "2")})).ok());

  ASSERT_TRUE(writer_.Write(CheckpointRemoval{kWorkflow}).ok());
  ASSERT_TRUE(writer_.Write(Done("-.N9", {})).ok());

  EXPECT_THAT(Files(), ElementsAre(Pair("-.N9/_done", "")));
  const std::string trash = root_.path() + "/checkpoints/.trash";
  EXPECT_FALSE(std::filesystem::is_empty(trash));
  int turns = 0;
  while (writer_.DeleteSome(1).value()) ++turns;
  EXPECT_GT(turns, 3);
  EXPECT_TRUE(std::filesystem::is_empty(trash));
  EXPECT_THAT(Files(), ElementsAre(Pair("-.N9/_done", "")));
}

TEST_F(CheckpointWriterTest, RemovingAnUnknownWorkflowIsFine) {
  EXPECT_TRUE(writer_.Write(CheckpointRemoval{kWorkflow}).ok());
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(CheckpointWriterTest, MissingBlobIsNotFoundAndLeavesNoDoneMark) {
  const graph::Value value{graph::BlobRef{Sha256("gone"), 4}, "application/x-npy", ""};

  const absl::Status status =
      writer_.Write(Done("-.N2", {{"value", std::make_shared<graph::Value>(value)}}));

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Files(), IsEmpty());
}

}  // namespace
}  // namespace orrery::checkpoints
