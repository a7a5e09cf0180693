// Graph values made ready to run, each distinct one once.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/digest.h"
#include "controller/engine/compiled_graph.h"

namespace orrery::engine {

// Returns the task of the builtin "worker.task"; null if that is not a builtin.
const graph::TaskSpec* FindBuiltinTask(std::string_view worker, std::string_view task);

class GraphCache {
 public:
  GraphCache() = default;
  GraphCache(const GraphCache&) = delete;
  GraphCache& operator=(const GraphCache&) = delete;

  // Returns the compiled graph that was read from bytes with this digest; null if none was.
  std::shared_ptr<const CompiledGraph> Find(const Digest& content) const;

  // Reads, checks and compiles the GraphData JSON of a graph value whose digest is `content`.
  // kInvalidArgument: not a graph, or a wrong one.
  absl::StatusOr<std::shared_ptr<const CompiledGraph>> Load(const Digest& content,
                                                            std::string_view json);

  // Compiles a graph that has been checked, or returns the one that is equal to it.
  absl::StatusOr<std::shared_ptr<const CompiledGraph>> Intern(
      std::shared_ptr<const graph::Graph> graph);

  // A graph is kept as long as it has users; each Use is ended by one Release.
  void Use(const std::shared_ptr<const CompiledGraph>& graph);
  void Release(const Digest& graph);
  // Removes the graphs that have no users.
  void Collect();

 private:
  // Users are counted here, not by the pointer: the views and the checkpoint tree hold copies on
  // other threads, which must not affect the engine.
  struct Entry {
    std::shared_ptr<const CompiledGraph> graph;
    std::uint64_t users = 0;
    std::vector<Digest> contents;  // The digests of the bytes it was read from.
  };

  // Lookup only. The digest of a graph's bytes leads to the digest of what they mean.
  absl::flat_hash_map<Digest, Digest> by_content_;
  absl::flat_hash_map<Digest, Entry> by_graph_;
  std::set<Digest> unused_;
};

}  // namespace orrery::engine
