// Frames as the tests of a workflow's parts need them: opened by hand, their nodes finished by
// hand.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controller/engine/effect.h"
#include "controller/engine/graph_cache.h"
#include "controller/engine/settings.h"
#include "controller/engine/workflow/frame_table.h"
#include "controller/engine/workflow/turn.h"
#include "model/outcome.h"
#include "tests/unit/controller/engine/sketch.h"
#include <gtest/gtest.h>

namespace orrery::engine {

class FrameFixture : public ::testing::Test {
 protected:
  Turn NewTurn() {
    return {.graphs = graphs_,
            .settings = settings_,
            .at = {},
            .events = events_,
            .work = WorkMeter(0),
            .all_bytes = 0,
            .ready = {},
            .loads = {},
            .stores = {},
            .waits = {},
            .refused = {}};
  }
  Body BodyOf(graph::Graph graph) {
    return {*graphs_.Intern(std::make_shared<const graph::Graph>(std::move(graph))), nullptr};
  }
  Frame& OpenRoot(graph::Graph graph) {
    return frames_[frames_.Open(BodyOf(std::move(graph)), {}, {}, graphs_)];
  }
  // The root's node has finished with these outputs.
  void FinishNode(NodeIndex node, const model::Outputs& outputs = {},
                  const MadeElements& elements = {}) {
    Frame& frame = frames_[0];
    frame.states[node] = NodeState::kFinished;
    for (const auto& [name, value] : outputs) {
      frame.values[frame.graph().FindOutput(node, name)] = value;
    }
    for (const auto& [name, list] : elements) {
      frame.elements[frame.graph().FindOutput(node, name)] = list;
    }
  }
  static ElementListPtr ListOf(const std::vector<std::string>& elements) {
    auto list = std::make_shared<ElementList>();
    for (const std::string& element : elements) list->Append(Json(element));
    return list;
  }
  static graph::Location Parsed(const std::string& location) {
    return *graph::Location::Parse(location);
  }

  Settings settings_;
  GraphCache graphs_;
  std::vector<Effect> events_;
  FrameTable frames_;
};

}  // namespace orrery::engine
