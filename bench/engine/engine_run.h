// Measures the engine alone, with workers that answer immediately.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "controller/engine/engine.h"
#include "graph/graph.h"

namespace orrery::bench {

class EngineRun {
 public:
  // Starts the engine and connects the workers, all with the same catalog.
  explicit EngineRun(std::uint64_t workers = 2);
  EngineRun(const EngineRun&) = delete;
  EngineRun& operator=(const EngineRun&) = delete;

  // Submits the graph and runs it until it has succeeded. Tasks return 1.
  void Finish(graph::Graph graph);

  // All records so far.
  const std::vector<engine::Record>& records() const { return records_; }

  // Replays the records in a new engine.
  void Replay() const;

 private:
  void Step(engine::Input input);
  // Answers the engine's requests. Returns false if there were none.
  bool Answer();
  // Returns outcomes for all attempts of the first session that has some.
  engine::OutcomesReceived TakeAnswers();

  engine::Engine engine_;
  absl::Time now_;
  std::vector<engine::Record> records_;
  // No empty entries.
  std::map<engine::SessionId, std::vector<engine::AssignAttempt>> assigned_;
  std::map<engine::SessionId, std::uint64_t> sequences_;
  std::map<Digest, std::string> blobs_;
  std::deque<engine::Input> answers_;
  std::uint64_t workflows_ = 0;
  bool is_settled_ = false;
};

// Graphs with `count` nodes of one kind, for an engine without other graphs.
graph::Graph MappedTasks(std::size_t count);
graph::Graph ExplicitTasks(std::size_t count);
graph::Graph ChainedTasks(std::size_t count);
graph::Graph ChainedBuiltins(std::size_t count);
graph::Graph ChainedEvals(std::size_t count);
graph::Graph ChainedIfElses(std::size_t count);
graph::Graph BuiltinLoop(std::size_t count);
graph::Graph MappedBuiltins(std::size_t count);

}  // namespace orrery::bench
