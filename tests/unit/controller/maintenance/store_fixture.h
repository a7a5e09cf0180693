// A root with a journal of a test's own records.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controller/engine/record.h"
#include "controller/journal/rocksdb_journal.h"
#include "controller/maintenance/store_root.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::maintenance {

class StoreFixture : public ::testing::Test {
 protected:
  std::string Root() const { return directory_.path() + "/root"; }
  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }

  void WriteJournal(std::vector<engine::Record> records) {
    const auto journal = journal::RocksDbJournal::Open({.path = JournalPath(Root())}, {}).value();
    const auto ignore = [](journal::Lsn, const engine::Record&) { return absl::OkStatus(); };
    ASSERT_TRUE(journal->Replay(ignore).ok());
    journal->Append(std::move(records));
  }

  static engine::Record Started(std::uint64_t epoch) {
    return {.at = absl::UnixEpoch(), .body = engine::ControllerStarted{.epoch = epoch}};
  }
  // Of a graph that waits for a task, with blobs of these bytes as inputs.
  static engine::Record Submitted(const std::vector<std::string>& blobs = {}) {
    graph::Graph graph;
    graph.nodes.push_back({.kind = graph::FunctionNode{"worker.task"}, .inputs = {}});
    graph.nodes.push_back({.kind = graph::OutputNode{}, .inputs = {{"v", {0, "value"}}}});
    std::vector<graph::NamedValue> inputs;
    for (const std::string& bytes : blobs) {
      const graph::Value value{
          .content = graph::BlobRef{.digest = Sha256(bytes), .size_bytes = bytes.size()}};
      inputs.push_back(
          {"in" + std::to_string(inputs.size()), std::make_shared<const graph::Value>(value)});
    }
    return {.at = absl::UnixEpoch(),
            .body = engine::WorkflowSubmitted{
                .number = engine::WorkflowNumber(1),
                .id = Uuid{},
                .submission = {.name = "test",
                               .graph = std::make_shared<const graph::Graph>(graph),
                               .inputs = std::move(inputs)}}};
  }

  static void Overwrite(const std::string& path, const std::string& bytes) {
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << bytes;
  }

  TempDirectory directory_ = MakeFastDirectory();
};

}  // namespace orrery::maintenance
