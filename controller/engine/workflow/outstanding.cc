#include "controller/engine/workflow/outstanding.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/check.h"

namespace orrery::engine {
namespace {

bool IsTooLarge(const graph::ValuePtr& value) {
  return value != nullptr && value->is_inline() &&
         value->bytes().size() > graph::kInlineValueBytes.max;
}

// A smaller value takes hardly more room in a message than the name of its blob.
constexpr std::uint64_t kStoredInputBytesMin = 256;

}  // namespace

StoredValues LargeInputs(const Frame& frame, NodeIndex node, std::uint64_t bytes_max) {
  const auto wires = frame.graph().wires(node).first(frame.graph().input_count(node));
  // Of most nodes the number of inputs says it.
  if (wires.size() * graph::kInlineValueBytes.max <= bytes_max) return {};
  std::uint64_t total = 0;
  std::map<PortIndex, std::uint64_t> bytes_of;  // Of all inputs that read the port.
  for (const CompiledGraph::Wire& wire : wires) {
    const graph::ValuePtr& value = frame.values[wire.source];
    if (value == nullptr || !value->is_inline()) continue;
    total += value->bytes().size();
    if (value->bytes().size() >= kStoredInputBytesMin) {
      bytes_of[wire.source] += value->bytes().size();
    }
  }
  if (total <= bytes_max) return {};
  std::vector<std::pair<std::uint64_t, PortIndex>> largest;
  for (const auto& [port, bytes] : bytes_of) largest.emplace_back(bytes, port);
  std::ranges::sort(largest, std::greater());
  StoredValues stored;
  for (const auto& [bytes, port] : largest) {
    if (total <= bytes_max) break;
    stored.emplace_back(port, frame.values[port]);
    total -= bytes;
  }
  return stored;
}

void Outstanding::Load(NodeRef node, const MissingBytes& missing, Turn& turn) {
  Loading& loading = loading_[node];
  for (const auto& [digest, size_bytes] : missing) {
    if (loading.wanted.emplace(digest, size_bytes).second) {
      loading.size_bytes += size_bytes;
      bytes_ += size_bytes;
    }
    turn.loads.push_back({node, digest, size_bytes});
  }
}

bool Outstanding::ProvideBytes(NodeRef node, const Digest& digest,
                               std::shared_ptr<const std::string> bytes) {
  const auto loading = loading_.find(node);
  if (loading == loading_.end() || loading->second.wanted.erase(digest) == 0) return false;
  loading->second.bytes[digest] = std::move(bytes);
  return loading->second.wanted.empty();
}

void Outstanding::EndLoad(NodeRef node) {
  const auto loading = loading_.find(node);
  if (loading == loading_.end()) return;
  bytes_ -= loading->second.size_bytes;
  loading_.erase(loading);
}

const LoadedBytes* Outstanding::FindLoaded(NodeRef node) const {
  const auto loading = loading_.find(node);
  return loading == loading_.end() ? nullptr : &loading->second.bytes;
}

bool Outstanding::MustStore(const NodeResult& result) {
  return std::ranges::any_of(result.outputs, IsTooLarge, &graph::NamedValue::value) ||
         std::ranges::any_of(result.elements, [](const auto& made) {
           return made.second->has_larger_than(graph::kInlineValueBytes.max);
         });
}

void Outstanding::Store(NodeRef node, NodeResult result, Turn& turn) {
  Storing storing;
  const auto store = [&](graph::ValuePtr& value) {
    if (IsTooLarge(value)) storing.MakeBlob(value);
  };
  for (graph::NamedValue& output : result.outputs) store(output.value);
  for (auto& [name, list] : result.elements) {
    if (!list->has_larger_than(graph::kInlineValueBytes.max)) continue;
    auto stored = std::make_shared<ElementList>();
    for (std::size_t i = 0; i < list->size(); ++i) {
      graph::ValuePtr element = list->Get(i);
      store(element);
      stored->Append(element);
    }
    list = std::move(stored);
  }
  storing.what = std::move(result);
  Begin(node, std::move(storing), turn);
}

void Outstanding::StoreInputs(NodeRef node, StoredValues inputs, Turn& turn) {
  Storing storing;
  for (auto& [port, value] : inputs) storing.MakeBlob(value);
  storing.what = std::move(inputs);
  Begin(node, std::move(storing), turn);
}

void Outstanding::Storing::MakeBlob(graph::ValuePtr& value) {
  auto bytes = std::make_shared<const std::string>(value->bytes());
  const Digest digest = Sha256(*bytes);
  value = std::make_shared<const graph::Value>(
      graph::Value{graph::BlobRef{digest, bytes->size()}, value->media_type, value->type_name});
  size_bytes += bytes->size();
  wanted[digest] = std::move(bytes);
}

void Outstanding::Begin(NodeRef node, Storing storing, Turn& turn) {
  CHECK(!storing.wanted.empty());
  for (const auto& [digest, bytes] : storing.wanted) turn.stores.push_back({node, digest, bytes});
  bytes_ += storing.size_bytes;
  storing_[node] = std::move(storing);
}

std::optional<Outstanding::Stored> Outstanding::ProvideStored(NodeRef node, const Digest& digest) {
  const auto storing = storing_.find(node);
  if (storing == storing_.end() || storing->second.wanted.erase(digest) == 0) return std::nullopt;
  if (!storing->second.wanted.empty()) return std::nullopt;
  Stored stored = std::move(storing->second.what);
  bytes_ -= storing->second.size_bytes;
  storing_.erase(storing);
  return stored;
}

void Outstanding::Wait(NodeRef node, OutsideOutcome outcome, Turn& turn) {
  turn.waits.push_back({node, outcome});
  waiting_.emplace(node, std::move(outcome));
}

void Outstanding::Refuse(NodeRef node, std::string why, Turn& turn) {
  turn.refused.push_back({node, why});
  refused_.emplace(node, std::move(why));
}

std::optional<NodeRef> Outstanding::Admit() {
  if (refused_.empty()) return std::nullopt;
  const NodeRef node = refused_.begin()->first;
  refused_.erase(refused_.begin());
  admitted_.insert(node);
  return node;
}

void Outstanding::Remove(NodeRef node) {
  EndLoad(node);
  if (const auto storing = storing_.find(node); storing != storing_.end()) {
    bytes_ -= storing->second.size_bytes;
    storing_.erase(storing);
  }
  waiting_.erase(node);
  refused_.erase(node);
}

void Outstanding::Clear() {
  loading_.clear();
  storing_.clear();
  waiting_.clear();
  refused_.clear();
  admitted_.clear();
  bytes_ = 0;
}

void Outstanding::AppendTo(Turn& turn) const {
  for (const auto& [node, loading] : loading_) {
    for (const auto& [digest, size_bytes] : loading.wanted) {
      turn.loads.push_back({node, digest, size_bytes});
    }
  }
  for (const auto& [node, storing] : storing_) {
    for (const auto& [digest, bytes] : storing.wanted) turn.stores.push_back({node, digest, bytes});
  }
  for (const auto& [node, outcome] : waiting_) turn.waits.push_back({node, outcome});
  for (const auto& [node, why] : refused_) turn.refused.push_back({node, why});
}

}  // namespace orrery::engine
