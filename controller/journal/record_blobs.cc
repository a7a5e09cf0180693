#include "controller/journal/record_blobs.h"

#include <variant>

#include "graph/graph.h"

namespace orrery::journal {
namespace {

class Collector {
 public:
  void Add(const graph::Value& value) {
    if (!value.is_inline()) blobs_.push_back(value.blob());
  }
  void Add(const std::vector<graph::NamedValue>& values) {
    for (const graph::NamedValue& value : values) Add(*value.value);
  }
  void Add(const graph::Graph& graph) {
    for (const graph::Node& node : graph.nodes) {
      if (const auto* constant = std::get_if<graph::ConstNode>(&node.kind)) Add(constant->value);
    }
    for (const auto& [name, value] : graph.fixed_inputs) Add(value);
  }
  std::vector<graph::BlobRef> Finish() { return std::move(blobs_); }

 private:
  std::vector<graph::BlobRef> blobs_;
};

}  // namespace

std::vector<graph::BlobRef> BlobsOf(const model::Submission& submission) {
  Collector blobs;
  blobs.Add(*submission.graph);
  blobs.Add(submission.inputs);
  return blobs.Finish();
}

std::vector<graph::BlobRef> BlobsOf(const std::vector<graph::NamedValue>& values) {
  Collector blobs;
  blobs.Add(values);
  return blobs.Finish();
}

std::vector<graph::BlobRef> BlobsOf(const engine::Record& record) {
  Collector blobs;
  if (const auto* submitted = std::get_if<engine::WorkflowSubmitted>(&record.body)) {
    return BlobsOf(submitted->submission);
  }
  if (const auto* finished = std::get_if<engine::NodeFinished>(&record.body)) {
    blobs.Add(finished->outputs);
  }
  return blobs.Finish();
}

}  // namespace orrery::journal
