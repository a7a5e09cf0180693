#include "worker_sdk/cpp/task_registry.h"

#include <complex>
#include <cstdint>
#include <map>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "boost/describe/class.hpp"
#include "graph/json.h"
#include "model/outcome.h"
#include "worker_sdk/cpp/array/array_codecs.h"
#include "worker_sdk/cpp/worker.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Quotient {
  std::int64_t quotient = 0;
  std::int64_t rest = 0;
};
BOOST_DESCRIBE_STRUCT(Quotient, (), (quotient, rest))

struct Marked {
  std::string left;
  NDArray right;
};
BOOST_DESCRIBE_STRUCT(Marked, (), (left, right))

struct Pointed {
  NDArray a;
  std::int64_t p = 0;
};
BOOST_DESCRIBE_STRUCT(Pointed, (), (a, p))

class Listener : public TaskListener {
 public:
  void OnProgress(double fraction, std::string_view note) override {
    told.push_back(std::to_string(fraction) + std::string(note));
  }
  void OnLog(std::string_view text) override { told.emplace_back(text); }

  std::vector<std::string> told;
};

}  // namespace

template <>
inline constexpr bool kIsPortMapping<Marked> = true;

namespace {

// Calls tasks by name, with inputs and outputs as they travel.
class TaskRegistryTest : public ::testing::Test {
 protected:
  using Inputs = std::map<std::string, graph::Value>;

  graph::Catalog Prepare() {
    absl::StatusOr<graph::Catalog> catalog = worker_.registry().Prepare();
    EXPECT_TRUE(catalog.ok()) << catalog.status();
    return catalog.ok() ? *std::move(catalog) : graph::Catalog();
  }

  std::string Mistakes() { return std::string(worker_.registry().Prepare().status().message()); }

  // The only task there is.
  model::TaskResult Call(const Inputs& inputs, const std::vector<std::string>& wanted = {"value"}) {
    Prepare();
    std::vector<graph::NamedValue> named;
    for (const auto& [name, value] : inputs) {
      named.push_back({name, std::make_shared<graph::Value>(value)});
    }
    TaskContext context([] { return TaskFacts{.location = "-.N2"}; }, source_.token(), listener_);
    return worker_.registry().Call(0,
                                   {.inputs = named, .wanted_outputs = wanted, .context = context});
  }

  // Name and bytes of each output.
  std::map<std::string, std::string> Outputs(const model::TaskResult& result) {
    std::map<std::string, std::string> outputs;
    if (const auto* error = std::get_if<model::TaskError>(&result)) {
      ADD_FAILURE() << error->message;
      return outputs;
    }
    for (const graph::NamedValue& each : std::get<model::Outputs>(result)) {
      outputs[each.name] = each.value->bytes();
    }
    return outputs;
  }

  std::string Value(const model::TaskResult& result) { return Outputs(result)["value"]; }

  static model::TaskError Error(const model::TaskResult& result) {
    const auto* error = std::get_if<model::TaskError>(&result);
    EXPECT_NE(error, nullptr) << "the task did not fail";
    return error == nullptr ? model::TaskError() : *error;
  }

  static graph::Value Json(std::string text) { return graph::JsonValue(std::move(text)); }

  Worker worker_{"w"};
  CancellationSource source_;
  Listener listener_;
};

TEST_F(TaskRegistryTest, ParametersBecomeInputsByTypeAndName) {
  worker_.Task("f",
               [](double, const std::vector<std::string>&, std::optional<int>,
                  std::variant<std::int64_t, std::string>, std::string_view) { return true; },
               {Arg("a"), Arg("b"), Arg("c"), Arg("d", 7), Arg("e", "text")});

  const graph::TaskSpec task = Prepare().tasks.at(0);

  ASSERT_EQ(task.inputs.size(), 5u);
  EXPECT_EQ(task.inputs[0].type.ToString(), "float");
  EXPECT_EQ(task.inputs[1].type.ToString(), "list[str]");
  EXPECT_TRUE(task.inputs[1].is_required);
  EXPECT_FALSE(task.inputs[2].is_required) << "an optional need not be wired";
  EXPECT_FALSE(task.inputs[3].is_required) << "it has a default";
  EXPECT_EQ(task.inputs[3].default_value->bytes(), "7");
  EXPECT_EQ(task.inputs[4].default_value->bytes(), "\"text\"");
  EXPECT_EQ(task.outputs.at(0).name, "value");
  EXPECT_EQ(task.outputs.at(0).type.ToString(), "bool");
}

TEST_F(TaskRegistryTest, UnwiredInputsTakeDefaultsAndNone) {
  worker_.Task("f",
               [](double a, std::optional<int> b, std::string_view c) {
                 return std::make_tuple(a, b.value_or(-1), std::string(c));
               },
               {Arg("a", 3), Arg("b"), Arg("c", "x")});

  EXPECT_EQ(Value(Call({})), R"([3.0, -1, "x"])");
}

TEST_F(TaskRegistryTest, WiredInputsWinOverDefaults) {
  worker_.Task("f", [](std::int64_t a) { return a; }, {Arg("a", 3)});

  EXPECT_EQ(Value(Call({{"a", Json("4")}})), "4");
}

TEST_F(TaskRegistryTest, InputThatCannotBeReadFailsNamingIt) {
  worker_.Task("f", [](std::int64_t a) { return a; }, {Arg("a")});

  const model::TaskError error = Error(Call({{"a", Json("\"four\"")}}));

  EXPECT_EQ(error.kind, model::TaskErrorKind::kSerializer);
  EXPECT_THAT(error.message, HasSubstr("input a: "));
  EXPECT_THAT(error.message, HasSubstr("str"));
}

TEST_F(TaskRegistryTest, MissingInputFailsNamingIt) {
  worker_.Task("f", [](std::int64_t a) { return a; }, {Arg("a")});

  EXPECT_THAT(Error(Call({})).message, HasSubstr("input a: no edge"));
}

TEST_F(TaskRegistryTest, CodecOfTheWorkerServesEveryTaskWheneverItIsSet) {
  worker_.Task("f", [](const NDArray& a) { return a; }, {Arg("a")});
  worker_.UseCodec<NDArray>(JsonListCodec());

  EXPECT_EQ(Value(Call({{"a", Json("[[1, 2]]")}})), "[[1, 2]]");
}

TEST_F(TaskRegistryTest, CodecOfAPortWinsOverTheWorkers) {
  worker_.UseCodec<NDArray>(NpyCodec());
  worker_.Task("f", [](const NDArray& a) { return a; }, {Arg("a").Using(JsonListCodec())},
               {.results = {Result("value").Using(RawCodec())}});

  const model::TaskResult result = Call({{"a", Json("[1.0]")}});

  const graph::NamedValue output = std::get<model::Outputs>(result).at(0);
  EXPECT_EQ(output.value->media_type, graph::kMediaTypeRawArray);
  EXPECT_EQ(output.value->type_name, "numpy.ndarray");
}

TEST_F(TaskRegistryTest, WrongMediaTypeIsAnErrorThatNamesBoth) {
  worker_.UseCodec<NDArray>(NpyCodec());
  worker_.Task("f", [](const NDArray& a) { return a; }, {Arg("a")});

  const model::TaskError error = Error(Call({{"a", Json("[1.0]")}}));

  EXPECT_THAT(error.message, HasSubstr("application/json"));
  EXPECT_THAT(error.message, HasSubstr("application/x-npy"));
}

TEST_F(TaskRegistryTest, ArrayInsideAStructIsTaggedBytesOrInlineByItsCodec) {
  const auto f = [] { return Pointed{.a = NDArray(xt::xarray<double>{1, 2}), .p = 1}; };
  worker_.Task("f", f, {}, {.results = {Result("value").Using(JsonListCodec())}});
  EXPECT_EQ(Value(Call({})), R"({"a": [1.0, 2.0], "p": 1})");

  Worker other("other");
  other.UseCodec<NDArray>(NpyCodec());
  other.Task("f", f);
  ASSERT_TRUE(other.registry().Prepare().ok());
  TaskContext context([] { return TaskFacts(); }, source_.token(), listener_);
  const std::vector<std::string> wanted = {"value"};
  const model::TaskResult result =
      other.registry().Call(0, {.inputs = {}, .wanted_outputs = wanted, .context = context});
  EXPECT_THAT(Value(result), HasSubstr(R"({"a": {"__tkr_bytes__": true, "bytes": "k05VTVBZAQ)"));
}

TEST_F(TaskRegistryTest, PortMappingGivesItsFieldsAsPorts) {
  worker_.Task("divide",
               [](std::int64_t a, std::int64_t b) -> Ports<Quotient> {
                 return {{.quotient = a / b, .rest = a % b}};
               },
               {Arg("a"), Arg("b")});

  const model::TaskResult result =
      Call({{"a", Json("17")}, {"b", Json("5")}}, {"rest", "quotient"});

  EXPECT_THAT(Outputs(result), ElementsAre(std::pair("quotient", "3"), std::pair("rest", "2")));
}

TEST_F(TaskRegistryTest, MarkedTypeIsAPortMappingByItself) {
  worker_.UseCodec<NDArray>(JsonListCodec());
  worker_.Task("f", [] { return Marked{.left = "l", .right = NDArray()}; });

  const graph::TaskSpec task = Prepare().tasks.at(0);

  ASSERT_EQ(task.outputs.size(), 2u);
  EXPECT_EQ(task.outputs[0].name, "left");
  EXPECT_EQ(task.outputs[1].type.ToString(), "numpy.ndarray");
}

TEST_F(TaskRegistryTest, OnlyWantedOutputsAreWritten) {
  worker_.Task("f", [] { return Ports<Quotient>{{.quotient = 1, .rest = 2}}; });

  EXPECT_THAT(Outputs(Call({}, {"rest"})), ElementsAre(std::pair("rest", "2")));
  EXPECT_THAT(Outputs(Call({}, {})), IsEmpty());
}

TEST_F(TaskRegistryTest, FunctionWithoutResultGivesNone) {
  int calls = 0;
  worker_.Task("f", [&calls] { ++calls; });

  EXPECT_EQ(Value(Call({})), "null");
  EXPECT_EQ(calls, 1);
}

TEST_F(TaskRegistryTest, BytesTravelAsTheyAre) {
  worker_.Task("f", [](graph::Bytes a) { return a; }, {Arg("a")});
  const std::string data("\x00\xff{", 3);

  const model::TaskResult result = Call({{"a", graph::BytesValue(data)}});

  EXPECT_EQ(Value(result), data);
  EXPECT_EQ(std::get<model::Outputs>(result).at(0).value->media_type, graph::kMediaTypeBytes);
}

TEST_F(TaskRegistryTest, SharedBytesPassThroughATaskWithoutACopy) {
  worker_.Task("f", [](const graph::SharedBytes& a) { return a; }, {Arg("a")});
  const graph::SharedBytes data(std::string(100'000, 'x'));

  const model::TaskResult result = Call({{"a", graph::BytesValue(data)}});

  EXPECT_EQ(std::get<model::Outputs>(result).at(0).value->bytes().data(), data.data());
  EXPECT_EQ(Prepare().tasks.at(0).inputs.at(0).type.ToString(), "bytes");
}

TEST_F(TaskRegistryTest, ReturnedBytesAreTakenOverWithoutACopy) {
  const char* data = nullptr;
  worker_.Task("f", [&data]() -> absl::StatusOr<graph::Bytes> {
    graph::Bytes bytes{std::string(100'000, 'x')};
    data = bytes.data.data();
    return bytes;
  });

  const model::TaskResult result = Call({});

  EXPECT_EQ(std::get<model::Outputs>(result).at(0).value->bytes().data(), data);
}

TEST_F(TaskRegistryTest, ReturnedReferenceIsLeftAsItIs) {
  const graph::Bytes kept{std::string(100'000, 'x')};
  worker_.Task("f", [&kept]() -> const graph::Bytes& { return kept; });

  EXPECT_EQ(Value(Call({})), kept.data);
  EXPECT_EQ(Value(Call({})), kept.data);
}

TEST_F(TaskRegistryTest, ContextIsNoInputAndTellsOfTheAttempt) {
  source_.Cancel("enough");
  worker_.Task("f",
               [](TaskContext& context, std::int64_t a) {
                 context.Progress(0.5, "half");
                 context.Log("here");
                 return context.facts().location + (context.IsCancelled() ? " cancelled" : "") +
                        std::to_string(a);
               },
               {Arg("a")});

  EXPECT_EQ(Value(Call({{"a", Json("1")}})), "\"-.N2 cancelled1\"");
  EXPECT_THAT(listener_.told, ElementsAre("0.500000half", "here"));
}

TEST_F(TaskRegistryTest, ThrownExceptionFailsWithItsTypeAndMessage) {
  worker_.Task("f", []() -> int { throw std::out_of_range("there is no such row"); });

  const model::TaskError error = Error(Call({}));

  EXPECT_EQ(error.kind, model::TaskErrorKind::kTask);
  EXPECT_EQ(error.message, "std::out_of_range: there is no such row");
  EXPECT_FALSE(error.is_final);
}

TEST_F(TaskRegistryTest, MissingMemoryIsAKindOfErrorOfItsOwn) {
  worker_.Task("f", []() -> int { throw std::bad_alloc(); });

  const model::TaskError error = Error(Call({}));

  EXPECT_EQ(error.kind, model::TaskErrorKind::kOutOfMemory);
  EXPECT_EQ(error.message, "out of memory: std::bad_alloc");
}

TEST_F(TaskRegistryTest, TaskFailureLeavesARetryToThePolicyUnlessItForbidsIt) {
  worker_.Task("f", []() -> int { throw TaskFailure("the licence is taken"); });
  EXPECT_FALSE(Error(Call({})).is_final);
}

TEST_F(TaskRegistryTest, TaskFailureThatForbidsARetryIsFinal) {
  worker_.Task("f", []() -> int { throw TaskFailure("the licence is taken", Retry::kNever); });

  const model::TaskError error = Error(Call({}));

  EXPECT_EQ(error.message, "the licence is taken");
  EXPECT_TRUE(error.is_final);
}

TEST_F(TaskRegistryTest, AnythingElseThatIsThrownFailsToo) {
  worker_.Task("f", []() -> int { throw 42; });

  EXPECT_THAT(Error(Call({})).message, HasSubstr("not a std::exception"));
}

TEST_F(TaskRegistryTest, ReturnedStatusFailsWithItsMessage) {
  worker_.Task("f",
               [](std::int64_t a) -> absl::StatusOr<std::int64_t> {
                 if (a < 0) return absl::UnavailableError("the instrument is busy");
                 return a;
               },
               {Arg("a")});

  EXPECT_EQ(Value(Call({{"a", Json("1")}})), "1");
}

TEST_F(TaskRegistryTest, ReturnedStatusLeavesARetryToThePolicy) {
  worker_.Task("f",
               []() -> absl::Status { return absl::UnavailableError("the instrument is busy"); });

  const model::TaskError error = Error(Call({}));

  EXPECT_EQ(error.message, "the instrument is busy");
  EXPECT_EQ(error.details, "UNAVAILABLE");
  EXPECT_FALSE(error.is_final);
}

TEST_F(TaskRegistryTest, ResultThatCannotBeWrittenFailsNamingThePort) {
  worker_.Task("f", [] { return std::string("\xff"); });

  const model::TaskError error = Error(Call({}));

  EXPECT_EQ(error.kind, model::TaskErrorKind::kSerializer);
  EXPECT_THAT(error.message, HasSubstr("output value: "));
}

TEST_F(TaskRegistryTest, EveryMistakeOfRegistrationIsToldAtOnce) {
  worker_.Task("twice", [] {});
  worker_.Task("twice", [] {});
  worker_.Task("no name", [] {});
  worker_.Task("args", [](int, int) {}, {Arg("a")});
  worker_.Task("repeated", [](int, int) {}, {Arg("a"), Arg("a")});
  worker_.Task("named", [](int) {}, {Arg("1a")});
  worker_.Task("opaque", [](const std::vector<Pointed>&) {}, {Arg("a")});
  worker_.Task("default", [](int) {}, {Arg("a", "fifty")});
  worker_.Task("range", [](std::int8_t) {}, {Arg("a", 1000)});
  worker_.Task("port", [] {}, {}, {.results = {Result("values")}});

  const std::string mistakes = Mistakes();

  EXPECT_THAT(mistakes, HasSubstr("task twice is registered twice"));
  EXPECT_THAT(mistakes, HasSubstr("invalid task name 'no name'"));
  EXPECT_THAT(mistakes, HasSubstr("task args: 1 Args were given for 2 parameters"));
  EXPECT_THAT(mistakes, HasSubstr("task repeated: two inputs have the name a"));
  EXPECT_THAT(mistakes, HasSubstr("task named: invalid input name '1a'"));
  EXPECT_THAT(mistakes,
              HasSubstr("task opaque: input a has the type numpy.ndarray without a codec"));
  EXPECT_THAT(mistakes,
              HasSubstr("task default: the default of input a does not have the type int"));
  EXPECT_THAT(mistakes, HasSubstr("task range: the default of input a does not have the type int"));
  EXPECT_THAT(mistakes, HasSubstr("task port: no output port has the name 'values'"));
}

TEST_F(TaskRegistryTest, ACacheableTaskMustHaveAVersion) {
  worker_.Task("f", [](int a) { return a; }, {Arg("a")}, {.is_cacheable = true});

  EXPECT_EQ(Mistakes(),
            "task f: cacheable without a version: add one, and change it with the "
            "function");
}

TEST_F(TaskRegistryTest, WhatIsCacheableIsInTheCatalogWithItsVersion) {
  worker_.Task("f", [](int a) { return a; }, {Arg("a")}, {.is_cacheable = true, .version = "3"});

  const graph::Catalog catalog = Prepare();

  EXPECT_TRUE(catalog.tasks.at(0).is_cacheable);
  EXPECT_EQ(catalog.tasks.at(0).version, "3");
}

TEST_F(TaskRegistryTest, CodecThatCouldNotBeMadeIsTheOnlyMistake) {
  worker_.UseCodec<NDArray>(absl::InvalidArgumentError("SER_METHOD is 'dumps'"));
  worker_.Task("f", [](const NDArray&) {}, {Arg("a")});

  EXPECT_EQ(Mistakes(), "SER_METHOD is 'dumps'");
}

TEST_F(TaskRegistryTest, WorkerWithoutTasksOrNameIsAMistake) {
  EXPECT_THAT(Mistakes(), HasSubstr("no task is registered"));
  TaskRegistry nameless("");
  EXPECT_THAT(nameless.Prepare().status().message(), HasSubstr("worker name ''"));
}

}  // namespace
}  // namespace orrery
