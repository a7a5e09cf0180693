// Bytes to read, values to store, outcomes to wait for.
#include <utility>

#include "base/check.h"
#include "base/status_macros.h"
#include "controller/engine/workflow/value_reader.h"
#include "controller/engine/workflow/workflow.h"
#include "fmt/format.h"
#include "graph/limits.h"
#include "graph/value_codec.h"

namespace orrery::engine {

absl::StatusOr<bool> SteeringBool(const graph::ValuePtr& value, std::string_view what) {
  if (value == nullptr) return absl::InvalidArgumentError(fmt::format("{} is absent", what));
  if (value->is_inline()) {
    if (value->bytes() == "true") return true;
    if (value->bytes() == "false") return false;
    const absl::StatusOr<graph::Datum> datum = graph::DecodeValue(*value);
    if (datum.ok()) {
      if (const bool* truth = datum->As<bool>()) return *truth;
      return absl::InvalidArgumentError(
          fmt::format("{} is of type {}, it must be a bool", what, datum->KindName()));
    }
  }
  return absl::InvalidArgumentError(
      fmt::format("{} is a value of {} bytes of {}, it must be a bool", what, value->size_bytes(),
                  value->media_type));
}

Workflow::Reader::~Reader() {
  if (missing_.empty()) workflow_.loading_.erase(node_);
}

absl::StatusOr<std::optional<std::string_view>> Workflow::Reader::Bytes(const graph::Value& value) {
  if (value.is_inline()) return value.bytes();
  const graph::BlobRef& blob = value.blob();
  if (const auto loading = workflow_.loading_.find(node_); loading != workflow_.loading_.end()) {
    const auto bytes = loading->second.bytes.find(blob.digest);
    if (bytes != loading->second.bytes.end()) return *bytes->second;
  }
  if (!missing_.emplace(blob.digest, blob.size_bytes).second) return std::nullopt;
  missing_bytes_ += blob.size_bytes;
  if (missing_bytes_ > graph::kLimits.json_bytes_max) {
    return absl::ResourceExhaustedError(
        fmt::format("{} bytes would have to be read, the limit is {}; let a worker do it",
                    missing_bytes_, graph::kLimits.json_bytes_max));
  }
  return std::nullopt;
}

absl::StatusOr<graph::ValuePtr> Workflow::Reader::Inline(const graph::ValuePtr& value) {
  if (value == nullptr) return absl::InvalidArgumentError("the value is absent");
  if (value->is_inline()) return value;
  ASSIGN_OR_RETURN(const std::optional<std::string_view> bytes, Bytes(*value));
  if (!bytes.has_value()) return value;
  return std::make_shared<const graph::Value>(
      graph::Value{std::string(*bytes), value->media_type, value->type_name});
}

absl::StatusOr<std::optional<graph::Datum>> Workflow::Reader::Decode(const graph::Value& value) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> bytes, Bytes(value));
  if (!bytes.has_value()) return std::optional<graph::Datum>();
  if (value.media_type != graph::kMediaTypeJson && !value.media_type.empty()) {
    return std::optional<graph::Datum>(graph::Bytes{std::string(*bytes)});
  }
  if (value.is_inline()) return graph::DecodeValue(value);
  return graph::DecodeValue({std::string(*bytes), value.media_type, value.type_name});
}

bool Workflow::Reader::RequestMissing(Turn& turn) {
  if (missing_.empty()) return false;
  Loading& loading = workflow_.loading_[node_];
  for (const auto& [digest, size_bytes] : missing_) {
    loading.wanted.emplace(digest, size_bytes);
    turn.loads.push_back({node_, digest, size_bytes});
  }
  workflow_.SetState(node_, NodeState::kLoading);
  return true;
}

void Workflow::ProvideBytes(NodeRef node, const Digest& digest,
                            std::shared_ptr<const std::string> bytes) {
  const auto loading = loading_.find(node);
  if (loading == loading_.end() || loading->second.wanted.erase(digest) == 0) return;
  loading->second.bytes[digest] = std::move(bytes);
  if (!loading->second.wanted.empty()) return;
  SetState(node, NodeState::kBlocked);
  startable_.push_back(node);
}

void Workflow::Complete(NodeRef node, NodeResult result, Turn& turn) {
  Storing storing;
  const auto store = [&](graph::ValuePtr& value) {
    if (value == nullptr || !value->is_inline() ||
        value->bytes().size() <= graph::kInlineValueBytesMax) {
      return;
    }
    auto bytes = std::make_shared<const std::string>(value->bytes());
    const Digest digest = Sha256(*bytes);
    value = std::make_shared<const graph::Value>(
        graph::Value{graph::BlobRef{digest, bytes->size()}, value->media_type, value->type_name});
    storing.wanted[digest] = std::move(bytes);
  };
  for (graph::NamedValue& output : result.outputs) store(output.value);
  for (auto& [name, list] : result.elements) {
    if (!list->has_larger_than(graph::kInlineValueBytesMax)) continue;
    auto stored = std::make_shared<ElementList>();
    for (std::size_t i = 0; i < list->size(); ++i) {
      graph::ValuePtr element = list->Get(i);
      store(element);
      stored->Append(element);
    }
    list = std::move(stored);
  }
  if (storing.wanted.empty()) {
    Deliver(node, result.outputs, result.elements, turn);
    return;
  }
  for (const auto& [digest, bytes] : storing.wanted) turn.stores.push_back({node, digest, bytes});
  SetState(node, NodeState::kStoring);
  storing.result = std::move(result);
  storing_[node] = std::move(storing);
}

void Workflow::ProvideStored(NodeRef node, const Digest& digest, Turn& turn) {
  const auto storing = storing_.find(node);
  if (storing == storing_.end() || storing->second.wanted.erase(digest) == 0) return;
  if (!storing->second.wanted.empty()) return;
  const NodeResult result = std::move(storing->second.result);
  storing_.erase(storing);
  Deliver(node, result.outputs, result.elements, turn);
}

void Workflow::WaitFor(NodeRef node, OutsideOutcome what, Turn& turn) {
  SetState(node, NodeState::kWaiting);
  turn.waits.push_back({node, what});
  waiting_.emplace(node, std::move(what));
}

void Workflow::AppendOutstanding(Turn& turn) const {
  for (const auto& [node, loading] : loading_) {
    for (const auto& [digest, size_bytes] : loading.wanted) {
      turn.loads.push_back({node, digest, size_bytes});
    }
  }
  for (const auto& [node, storing] : storing_) {
    for (const auto& [digest, bytes] : storing.wanted) turn.stores.push_back({node, digest, bytes});
  }
  for (const auto& [node, what] : waiting_) turn.waits.push_back({node, what});
}

}  // namespace orrery::engine
