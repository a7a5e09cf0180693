#include "tests/simulation/workload.h"

#include <utility>

#include "base/check.h"
#include "base/overload.h"
#include "fmt/format.h"
#include "graph/graph_data.h"
#include "model/submission.h"

namespace orrery::simulation {
namespace {

using graph::Graph;
using graph::Value;

const std::vector<std::string> kCacheable = {"alpha.fold", "beta.mix"};
const std::vector<std::string> kTasks = {"alpha.mix", "alpha.fold", "beta.mix"};

graph::Node Constant(Value value) { return {graph::ConstNode{std::move(value)}, {}}; }

// The depth of nested evals.
constexpr int kDepth = 3;

// Builds one graph node by node; every node may read any earlier port.
class Grower {
 public:
  Grower(Dice& dice, const WorkloadOptions& options, std::map<Digest, std::string>& blobs)
      : dice_(dice), options_(options), blobs_(blobs) {}

  Graph Grow(int nodes, int depth, const std::vector<std::string>& inputs) {
    Graph graph;
    std::vector<graph::PortRef> ports;
    const auto add = [&](graph::Node node, const std::string& port) {
      graph.nodes.push_back(std::move(node));
      ports.push_back({static_cast<std::int32_t>(graph.nodes.size() - 1), port});
    };
    for (const std::string& name : inputs) add({graph::InputNode{name}, {}}, name);
    add(Constant(graph::JsonValue(fmt::format("{}", dice_.Below(1000)))), "value");
    for (int i = 0; i < nodes; ++i) {
      if (depth > 0 && dice_.Chance(20)) {
        AddSteered(graph, ports, depth);
        continue;
      }
      if (dice_.Chance(15)) {
        AddKnown(graph, ports);
        continue;
      }
      const bool fails = options_.may_fail && dice_.Chance(8);
      graph::Node node{graph::FunctionNode{fails ? "beta.fail" : RandomTask()}, {}};
      const auto inputs_wanted = dice_.Between(1, 3);
      for (std::int64_t k = 0; k < inputs_wanted; ++k) {
        node.inputs.push_back({fmt::format("in{}", k), Pick(ports)});
      }
      const bool second = dice_.Chance(20);
      add(std::move(node), second ? "second" : "value");
    }
    graph::Node output{graph::OutputNode{}, {}};
    output.inputs.push_back({"last", ports.back()});
    output.inputs.push_back({"other", Pick(ports)});
    graph.nodes.push_back(std::move(output));
    return graph;
  }

 private:
  const std::string& RandomTask() {
    static const std::string kSend = "alpha.send";  // Takes effect at most once.
    return dice_.Chance(8) ? kSend : kTasks[dice_.Below(kTasks.size())];
  }
  graph::PortRef Pick(const std::vector<graph::PortRef>& ports) {
    return ports[dice_.Below(ports.size())];
  }

  static graph::PortRef Add(Graph& graph, graph::Node node, std::string port = "value") {
    graph.nodes.push_back(std::move(node));
    return {static_cast<std::int32_t>(graph.nodes.size() - 1), std::move(port)};
  }
  static graph::PortRef Builtin(Graph& graph, const std::string& task,
                                std::vector<graph::NodeInput> inputs, std::string port = "value") {
    return Add(graph, {graph::FunctionNode{"builtins." + task}, std::move(inputs)},
               std::move(port));
  }
  static graph::PortRef Number(Graph& graph, std::int64_t value) {
    return Add(graph, Constant(graph::JsonValue(fmt::format("{}", value))));
  }

  void AddSteered(Graph& graph, std::vector<graph::PortRef>& ports, int depth) {
    switch (dice_.Below(7)) {
      case 0:
        return AddEval(graph, ports, depth);
      case 1:
        return AddLoop(graph, ports);
      case 2:
        return AddMap(graph, ports, depth);
      case 3:
        return AddSleep(graph, ports);
      case 4:
        return AddDraw(graph, ports);
      case 5:
        return depth == kDepth && options_.may_be_large && dice_.Chance(50)
                   ? AddLarge(graph, ports)
                   : AddIfElse(graph, ports);
      default:
        return AddIfElse(graph, ports);
    }
  }

  // Adds a constant graph with the inputs left and right.
  graph::PortRef AddBody(Graph& graph, int depth) {
    const Graph nested = Grow(static_cast<int>(dice_.Between(1, 5)), depth - 1, {"left", "right"});
    Value body = graph::JsonValue(graph::WriteGraphData(nested), "graph");
    if (depth == kDepth && options_.may_be_large && dice_.Chance(30)) {
      const std::string bytes(body.bytes());
      const Digest digest = Sha256(bytes);
      blobs_[digest] = bytes;
      body.content = graph::BlobRef{digest, bytes.size()};
    }
    return Add(graph, Constant(std::move(body)));
  }

  void AddEval(Graph& graph, std::vector<graph::PortRef>& ports, int depth) {
    const graph::NodeInput left{"left", Pick(ports)};
    const graph::NodeInput right{"right", Pick(ports)};
    const graph::PortRef body = AddBody(graph, depth);
    ports.push_back(Add(graph, {graph::EvalNode{body}, {left, right}}, "last"));
  }

  // Adds a map between two lists.
  void AddMap(Graph& graph, std::vector<graph::PortRef>& ports, int depth) {
    const graph::NodeInput right{"right", Pick(ports)};
    std::string list;
    for (std::int64_t i = dice_.Between(0, 6); i > 0; --i) {
      list += fmt::format("{}{}", list.empty() ? "" : ", ", dice_.Below(100));
    }
    const graph::PortRef constant = Add(graph, Constant(graph::JsonValue("[" + list + "]")));
    const graph::PortRef elements =
        Builtin(graph, "unfold_values", {{"value", constant}}, std::string(graph::kMappedPort));
    const graph::PortRef body = AddBody(graph, depth);
    const graph::PortRef mapped =
        Add(graph, {graph::MapNode{body}, {{"left", elements}, right}}, "last-*");
    ports.push_back(Builtin(graph, "fold_values", {{"values_glob", mapped}}));
  }

  // Adds a loop of a few iterations, with a task in each.
  void AddLoop(Graph& graph, std::vector<graph::PortRef>& ports) {
    Graph nested;
    const graph::PortRef count = Add(nested, {graph::InputNode{"count"}, {}}, "count");
    const graph::PortRef state = Add(nested, {graph::InputNode{"state"}, {}}, "state");
    const graph::PortRef next = Builtin(nested, "iadd", {{"a", count}, {"b", Number(nested, 1)}});
    const graph::PortRef mixed =
        Add(nested, {graph::FunctionNode{kTasks[dice_.Below(kTasks.size())]},
                     {{"in0", state}, {"in1", count}}});
    const graph::PortRef last = Number(nested, dice_.Between(0, 4));
    const graph::PortRef goes_on = Builtin(nested, "igt", {{"a", last}, {"b", next}});
    Add(nested,
        {graph::OutputNode{}, {{"count", next}, {"state", mixed}, {"should_continue", goes_on}}});

    const graph::NodeInput initial{"state", Pick(ports)};
    const graph::PortRef body =
        Add(graph, Constant(graph::JsonValue(graph::WriteGraphData(nested), "graph")));
    const graph::PortRef zero = Number(graph, 0);
    ports.push_back(Add(graph,
                        {graph::LoopNode{body, "should_continue", ""}, {{"count", zero}, initial}},
                        "state"));
  }

  // Adds a call that is made repeatedly, here and by other jobs.
  void AddKnown(Graph& graph, std::vector<graph::PortRef>& ports) {
    const graph::PortRef known = Number(graph, dice_.Between(0, 2));
    ports.push_back(Add(
        graph, {graph::FunctionNode{kCacheable[dice_.Below(kCacheable.size())]}, {{"in0", known}}},
        dice_.Chance(20) ? "second" : "value"));
  }

  void AddIfElse(Graph& graph, std::vector<graph::PortRef>& ports) {
    const graph::PortRef yes = Pick(ports);
    const graph::PortRef no = Pick(ports);
    const graph::PortRef limit = Number(graph, 500);
    const graph::PortRef drawn = Number(graph, static_cast<std::int64_t>(dice_.Below(1000)));
    const graph::PortRef pred = Builtin(graph, "igt", {{"a", limit}, {"b", drawn}});
    ports.push_back(Add(graph, {graph::IfElseNode{pred, yes, no, dice_.Chance(30)}, {}}));
  }

  // Adds a choice after a sleep.
  void AddSleep(Graph& graph, std::vector<graph::PortRef>& ports) {
    const graph::PortRef yes = Pick(ports);
    const graph::PortRef no = Pick(ports);
    const std::int64_t milliseconds =
        dice_.Chance(20) ? dice_.Between(1000, 30'000) : dice_.Between(0, 900);
    const graph::PortRef delay =
        Add(graph, Constant(graph::JsonValue(
                       fmt::format("{}.{:03}", milliseconds / 1000, milliseconds % 1000))));
    const graph::PortRef pred = Builtin(graph, "tkr_sleep", {{"delay_seconds", delay}});
    ports.push_back(Add(graph, {graph::IfElseNode{pred, yes, no, dice_.Chance(30)}, {}}));
  }

  // Adds a choice by a random number; both alternatives give the same result.
  void AddDraw(Graph& graph, std::vector<graph::PortRef>& ports) {
    const graph::PortRef yes = Pick(ports);
    const graph::PortRef no = Pick(ports);
    const graph::PortRef drawn =
        Builtin(graph, "rand_int", {{"a", Number(graph, 0)}, {"b", Number(graph, 9)}});
    const graph::PortRef limit = Number(graph, dice_.Chance(50) ? -1 : 9);
    const graph::PortRef pred = Builtin(graph, "igt", {{"a", drawn}, {"b", limit}});
    if (dice_.Chance(50)) {
      // A task gets the number, too, but its output is not used: after a crash, another number may
      // be drawn.
      const graph::PortRef mixed =
          Add(graph, {graph::FunctionNode{kTasks[dice_.Below(kTasks.size())]}, {{"in0", drawn}}});
      const graph::PortRef always = Builtin(graph, "igt", {{"a", drawn}, {"b", Number(graph, -1)}});
      ports.push_back(Add(graph, {graph::IfElseNode{always, yes, mixed, /*is_eager=*/true}, {}}));
    }
    ports.push_back(Add(graph, {graph::IfElseNode{pred, yes, no, dice_.Chance(30)}, {}}));
  }

  // Adds a builtin whose result must be stored before a task can read it.
  void AddLarge(Graph& graph, std::vector<graph::PortRef>& ports) {
    const std::string half = "\"" + std::string(40'000, 'x') + "\"";
    const graph::PortRef left = Add(graph, Constant(graph::JsonValue(half)));
    const graph::PortRef right = Add(graph, Constant(graph::JsonValue(half)));
    ports.push_back(Builtin(graph, "concat", {{"lhs", left}, {"rhs", right}}));
  }

  Dice& dice_;
  const WorkloadOptions options_;
  std::map<Digest, std::string>& blobs_;
};

graph::TaskSpec Task(std::string name, const std::string& cached_version = "") {
  graph::TaskSpec task{
      .name = std::move(name), .is_cacheable = !cached_version.empty(), .version = cached_version};
  task.is_effect_once = task.name == "send";
  for (int i = 0; i < 3; ++i) {
    task.inputs.push_back({.name = fmt::format("in{}", i), .is_required = false});
  }
  task.outputs = {{.name = "value"}, {.name = "second"}};
  return task;
}

}  // namespace

namespace {

model::CacheMode RandomMode(Dice& dice) {
  if (dice.Chance(80)) return model::CacheMode::kUse;
  return dice.Chance(50) ? model::CacheMode::kRefresh : model::CacheMode::kOff;
}

graph::FailureRules RandomRules(Dice& dice) {
  graph::FailureRules rules{.policies = {}, .continues = dice.Chance(30)};
  for (const std::string& task : {std::string(graph::kAllTasks), std::string("beta.fail")}) {
    if (!dice.Chance(50)) continue;
    rules.policies[task] = {.attempts = static_cast<std::uint32_t>(dice.Between(1, 4)),
                            .backoff = dice.Within(absl::Milliseconds(1), absl::Seconds(3)),
                            .run_timeout = {},
                            .queue_timeout = {}};
  }
  return rules;
}

}  // namespace

Job RandomJob(Dice& dice, int nodes, const WorkloadOptions& options,
              std::map<Digest, std::string>& blobs) {
  Job job;
  job.id = Uuid::FromRandom(dice.random());
  std::vector<std::string> names;
  for (int i = 0; i < 2; ++i) {
    names.push_back(fmt::format("input{}", i));
    job.inputs.push_back({names.back(), std::make_shared<const Value>(
                                            graph::JsonValue(fmt::format("{}", dice.Below(100))))});
  }
  job.graph =
      std::make_shared<const Graph>(Grower(dice, options, blobs).Grow(nodes, kDepth, names));
  for (std::uint32_t node = 0; node < job.graph->nodes.size(); ++node) {
    const auto* function = std::get_if<graph::FunctionNode>(&job.graph->nodes[node].kind);
    const bool is_task = function != nullptr && !function->function_name.starts_with("builtins.");
    if (is_task && dice.Chance(3)) job.side_effects.push_back(node);
  }
  if (options.has_policies) job.failure_rules = RandomRules(dice);
  job.cache_mode = RandomMode(dice);
  return job;
}

runtime::SubmitRequest RequestFor(const Job& job) {
  return {.id = job.id,
          .submission = {.name = "simulated",
                         .graph = job.graph,
                         .inputs = job.inputs,
                         .side_effects = job.side_effects,
                         .failure_rules = job.failure_rules,
                         .cache_mode = job.cache_mode},
          .wait_for_workers = true};
}

std::vector<std::shared_ptr<const graph::Catalog>> Catalogs() {
  return {
      std::make_shared<const graph::Catalog>(
          graph::Catalog{"alpha", {Task("mix"), Task("fold", "1"), Task("send")}}),
      std::make_shared<const graph::Catalog>(
          graph::Catalog{"beta", {Task("mix", "2"), Task("fail")}}),
  };
}

}  // namespace orrery::simulation
