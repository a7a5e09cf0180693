// The requests of a workflow to its surroundings: bytes to load, values to store, and outcomes to
// wait for.
//
// Every request is also reported in the Turn that made it, or again by AppendTo.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "controller/engine/workflow/evaluation.h"
#include "controller/engine/workflow/frame.h"
#include "controller/engine/workflow/input_reader.h"
#include "controller/engine/workflow/turn.h"

namespace orrery::engine {

// Values of a frame, by port, that are blobs now.
using StoredValues = std::vector<std::pair<PortIndex, graph::ValuePtr>>;

// Returns the inline inputs of the node to store as blobs, the largest first, so that the others
// have at most `bytes_max` together.
StoredValues LargeInputs(const Frame& frame, NodeIndex node, std::uint64_t bytes_max);

class Outstanding {
 public:
  Outstanding() = default;
  Outstanding(const Outstanding&) = delete;
  Outstanding& operator=(const Outstanding&) = delete;

  // --- Bytes ---
  // Requests bytes for the node, in addition to those that it has.
  void Load(NodeRef node, const MissingBytes& missing, Turn& turn);
  // Returns true if the node has got the last of the bytes that it waited for.
  bool ProvideBytes(NodeRef node, const Digest& digest, std::shared_ptr<const std::string> bytes);
  bool is_loading(NodeRef node) const { return loading_.contains(node); }
  // Returns the bytes that were loaded for the node, valid until EndLoad; null: it requested none.
  const LoadedBytes* FindLoaded(NodeRef node) const;
  // The node does not need its bytes any more.
  void EndLoad(NodeRef node);

  // --- Values ---
  // Returns true if the result has a value that is too large to stay inline.
  static bool MustStore(const NodeResult& result);
  // Requests that the large values are stored, and keeps the result, in which they are blobs now.
  // Requires MustStore.
  void Store(NodeRef node, NodeResult result, Turn& turn);
  // Requests that inline inputs of the node are stored. Requires at least one.
  void StoreInputs(NodeRef node, StoredValues inputs, Turn& turn);
  // Values that are blobs now: the result of the node, or its inputs.
  using Stored = std::variant<NodeResult, StoredValues>;
  // Returns the stored values of the node if the last of them has been stored.
  std::optional<Stored> ProvideStored(NodeRef node, const Digest& digest);

  // --- Outcomes ---
  void Wait(NodeRef node, OutsideOutcome outcome, Turn& turn);

  // --- Failures ---
  // Asks for the record that the node has failed.
  void Refuse(NodeRef node, std::string why, Turn& turn);
  // The recorded run had room for the nodes that were refused: returns one of them, which must not
  // be refused again.
  std::optional<NodeRef> Admit();
  // Returns true, once, if the node was admitted.
  bool TakeAdmitted(NodeRef node) { return admitted_.erase(node) > 0; }

  // --- All ---
  bool waits_for_storage() const { return !loading_.empty() || !storing_.empty(); }
  bool empty() const { return !waits_for_storage() && waiting_.empty() && refused_.empty(); }
  // The memory of the values that are loaded or to be stored.
  std::uint64_t bytes() const { return bytes_; }
  void Remove(NodeRef node);
  void Clear();
  // Reports every request once more.
  void AppendTo(Turn& turn) const;

 private:
  struct Loading {
    MissingBytes wanted;
    LoadedBytes bytes;
    std::uint64_t size_bytes = 0;
  };
  struct Storing {
    std::map<Digest, std::shared_ptr<const std::string>> wanted;
    Stored what;
    std::uint64_t size_bytes = 0;

    // Makes the value a blob that is wanted.
    void MakeBlob(graph::ValuePtr& value);
  };

  void Begin(NodeRef node, Storing storing, Turn& turn);

  std::map<NodeRef, Loading> loading_;
  std::map<NodeRef, Storing> storing_;
  std::map<NodeRef, OutsideOutcome> waiting_;
  std::map<NodeRef, std::string> refused_;
  std::set<NodeRef> admitted_;
  std::uint64_t bytes_ = 0;
};

}  // namespace orrery::engine
