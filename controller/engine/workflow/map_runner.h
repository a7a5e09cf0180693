// The maps of a workflow that run: which elements are open, and the outputs of those that finished.
//
// Decides which element comes next; the workflow opens its frame as there is room. Of a finished
// element only the outputs stay.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/engine/workflow/element_list.h"
#include "controller/engine/workflow/frame_table.h"
#include "graph/location.h"
#include "model/outcome.h"

namespace orrery::engine {

class MapRunner {
  struct Map;

 public:
  struct Counts {
    std::size_t elements = 0;
    std::size_t opened = 0;
    std::size_t finished = 0;
  };

  // An element to be opened as a frame. Valid until its map ends.
  class Element {
   public:
    Element(const Map& map, std::size_t index) : map_(map), index_(index) {}

    const Body& body() const;
    graph::LocationStep step() const {
      return {graph::StepKind::kElement, static_cast<std::int64_t>(index_)};
    }
    // Returns the value for the input of the body; null if it is absent.
    graph::ValuePtr Find(std::string_view name) const;
    // Returns all inputs that have a value.
    model::Outputs Inputs() const;

   private:
    const Map& map_;
    const std::size_t index_;
  };

  // `frames` outlives this.
  explicit MapRunner(const FrameTable& frames) : frames_(frames) {}
  MapRunner(const MapRunner&) = delete;
  MapRunner& operator=(const MapRunner&) = delete;

  // Begins the map over the elements of its inputs. Returns its result if there are no elements.
  // Errors: kInvalidArgument: the inputs have no elements, or not equally many; or an output is
  // read that the body does not have.
  absl::StatusOr<std::optional<MadeElements>> Begin(NodeRef node, Body body);

  // Returns true if a map has an element to open, and there is room for more frames or no element
  // of that map is open: one is always opened, so that maps inside maps go on.
  bool CanOpen(bool has_room) const;
  // Returns the innermost map that has elements to open. Requires CanOpen.
  NodeRef innermost() const { return expanding_.back(); }
  // Returns the next element of the map. Requires that there is one.
  Element OpenNext(NodeRef node);
  // Keeps the outputs of the element, whose frame has finished. Returns the result of the map if
  // this was its last element.
  std::optional<MadeElements> FinishElement(NodeRef node, const Frame& element);

  // Returns null if the map does not run.
  const Counts* Find(NodeRef node) const;
  // Returns false if the map runs and has opened the element.
  bool MayOpen(NodeRef node, std::int64_t element) const {
    const Counts* counts = Find(node);
    return counts == nullptr || element >= static_cast<std::int64_t>(counts->opened);
  }
  // Appends what a replay must rebuild of the maps in the frame.
  void AppendState(FrameIndex frame, std::string& out) const;
  void Clear();

 private:
  // Outputs of the body that a node reads.
  struct Result {
    std::size_t output = 0;  // Of the outputs of the body.
    std::shared_ptr<ElementList> elements;
  };
  struct Map {
    Body body;
    Counts counts;
    std::vector<std::pair<std::string, ElementListPtr>> mapped;
    // The same for every element.
    model::Outputs broadcast;
    std::vector<Result> results;
  };

  static absl::Status ReadInputs(const Frame& frame, NodeIndex node, Map& map);
  static absl::Status PlanResults(const CompiledGraph& graph, NodeIndex node, Map& map);
  static MadeElements ResultOf(const CompiledGraph& graph, NodeIndex node, const Map& map);

  const FrameTable& frames_;
  std::map<NodeRef, Map> maps_;
  // Maps with elements to open, the innermost last.
  std::vector<NodeRef> expanding_;
};

}  // namespace orrery::engine
