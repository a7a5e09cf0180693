#include "graph/canonical.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "base/overload.h"

namespace orrery::graph {
namespace {

constexpr std::string_view kGraphVersion = "orrery.graph.v1";
constexpr std::string_view kInputsVersion = "orrery.inputs.v1";
constexpr std::string_view kTaskVersion = "orrery.task.v1";

// Hashes fields unambiguously: the length precedes a text, numbers are eight little-endian bytes.
class FieldHasher {
 public:
  explicit FieldHasher(std::string_view version) { Add(version); }
  FieldHasher(const FieldHasher&) = delete;
  FieldHasher& operator=(const FieldHasher&) = delete;

  void Add(std::string_view text) {
    Add(static_cast<std::uint64_t>(text.size()));
    AddBytes(text);
  }
  void Add(std::uint64_t number) {
    char bytes[8];
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> (8 * i) & 0xFF);
    AddBytes(std::string_view(bytes, sizeof(bytes)));
  }
  void Add(const PortRef& reference) {
    Add(static_cast<std::uint64_t>(static_cast<std::int64_t>(reference.node)));
    Add(std::string_view(reference.port));
  }
  void Add(const FailurePolicy& policy) {
    Add(std::string_view("policy"));
    Add(static_cast<std::uint64_t>(policy.attempts.value_or(0)));
    for (const auto& duration : {policy.backoff, policy.run_timeout, policy.queue_timeout}) {
      Add(static_cast<std::uint64_t>(
          absl::ToInt64Nanoseconds(duration.value_or(absl::ZeroDuration()))));
    }
  }
  void Add(const Value& value) {
    Add(std::string_view(value.media_type));
    Add(value.size_bytes());
    const Digest digest = ContentDigest(value);
    AddBytes({reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()});
  }

  void Add(bool flag) { Add(static_cast<std::uint64_t>(flag)); }
  void Add(const Type& type) {
    Add(static_cast<std::uint64_t>(type.kind));
    Add(std::string_view(type.name));
    AddAll(type.field_names);
    AddAll(type.arguments);
  }
  void Add(const PortSpec& port) {
    Add(std::string_view(port.name));
    Add(port.type);
    Add(port.is_required);
    Add(port.default_value.has_value());
    if (port.default_value.has_value()) Add(*port.default_value);
    AddAll(port.formats);
  }
  template <class Field>
  void AddAll(const std::vector<Field>& fields) {
    Add(static_cast<std::uint64_t>(fields.size()));
    for (const Field& field : fields) Add(field);
  }
  void Add(const std::string& text) { Add(std::string_view(text)); }

  Digest Finish() {
    if (!stream_.has_value()) return Sha256({pending_, pending_size_});
    Flush();
    return stream_->Finish();
  }

 private:
  // Hashes many short fields at once.
  void AddBytes(std::string_view bytes) {
    if (bytes.size() > sizeof(pending_) - pending_size_) Flush();
    if (bytes.size() > sizeof(pending_)) {
      stream().Update(bytes);
      return;
    }
    std::ranges::copy(bytes, pending_ + pending_size_);
    pending_size_ += bytes.size();
  }
  void Flush() {
    stream().Update({pending_, pending_size_});
    pending_size_ = 0;
  }
  // Most digests need one stream, which exists already.
  Sha256Stream& stream() {
    if (!stream_.has_value()) stream_.emplace();
    return *stream_;
  }

  std::optional<Sha256Stream> stream_;
  char pending_[1024];
  std::size_t pending_size_ = 0;
};

void AddNode(FieldHasher& hasher, const Node& node) {
  hasher.Add(KindName(node.kind));
  std::visit(Overload{
                 [](const OutputNode&) {},
                 [&](const InputNode& input) { hasher.Add(std::string_view(input.name)); },
                 [&](const ConstNode& constant) { hasher.Add(constant.value); },
                 [&](const FunctionNode& function) {
                   hasher.Add(std::string_view(function.function_name));
                   if (!function.policy.is_empty()) hasher.Add(function.policy);
                 },
                 [&](const EvalNode& eval) { hasher.Add(eval.graph); },
                 [&](const LoopNode& loop) {
                   hasher.Add(loop.body);
                   hasher.Add(std::string_view(loop.continue_port));
                   hasher.Add(std::string_view(loop.name));
                 },
                 [&](const MapNode& map) { hasher.Add(map.body); },
                 [&](const IfElseNode& choice) {
                   hasher.Add(choice.pred);
                   hasher.Add(choice.if_true);
                   hasher.Add(choice.if_false);
                 },
             },
             node.kind);
  std::vector<const NodeInput*> inputs;
  for (const NodeInput& input : node.inputs) inputs.push_back(&input);
  std::ranges::stable_sort(
      inputs, {}, [](const NodeInput* input) -> const std::string& { return input->name; });
  hasher.Add(static_cast<std::uint64_t>(inputs.size()));
  for (const NodeInput* input : inputs) {
    hasher.Add(std::string_view(input->name));
    hasher.Add(input->source);
  }
}

}  // namespace

Digest GraphDigest(const Graph& graph) {
  FieldHasher hasher(kGraphVersion);
  hasher.Add(static_cast<std::uint64_t>(graph.nodes.size()));
  for (const Node& node : graph.nodes) AddNode(hasher, node);
  hasher.Add(static_cast<std::uint64_t>(graph.fixed_inputs.size()));
  for (const auto& [name, value] : graph.fixed_inputs) {
    hasher.Add(std::string_view(name));
    hasher.Add(value);
  }
  return hasher.Finish();
}

Digest SignatureDigest(std::string_view worker, const TaskSpec& task) {
  FieldHasher hasher(kTaskVersion);
  hasher.Add(worker);
  hasher.Add(task.name);
  hasher.Add(task.version);
  hasher.Add(task.is_cacheable);
  hasher.Add(task.is_effect_once);
  hasher.AddAll(task.inputs);
  hasher.AddAll(task.outputs);
  return hasher.Finish();
}

Digest InputsDigest(std::span<const NamedValue> inputs) {
  absl::InlinedVector<const NamedValue*, 8> sorted;
  for (const NamedValue& input : inputs) sorted.push_back(&input);
  const auto name_of = [](const NamedValue* input) -> const std::string& { return input->name; };
  if (!std::ranges::is_sorted(sorted, {}, name_of)) {
    std::ranges::stable_sort(sorted, {}, name_of);
  }
  FieldHasher hasher(kInputsVersion);
  hasher.Add(static_cast<std::uint64_t>(sorted.size()));
  for (const NamedValue* input : sorted) {
    hasher.Add(std::string_view(input->name));
    hasher.Add(*input->value);
  }
  return hasher.Finish();
}

}  // namespace orrery::graph
