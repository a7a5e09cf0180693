#include "graph/builtins/builtin.h"

#include <fstream>
#include <set>

#include "absl/strings/str_split.h"
#include "graph/builtins/effects.h"
#include "graph/name.h"
#include "nlohmann/json.hpp"
#include "tests/unit/graph/builtins/golden_call.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

constexpr const char* kGoldenPath = "tests/golden/builtins/builtin_golden.json";
constexpr const char* kExtraGoldenPath = "tests/golden/builtins/extra_golden.jsonl";

// One line of a golden file: the builtin does with the inputs what is written there.
void ExpectGolden(const nlohmann::json& golden) {
  const auto [worker, task] = SplitFunctionName(golden.at("function").get<std::string>());
  ASSERT_EQ(worker, kBuiltinsWorker);
  const Builtin* builtin = FindBuiltin(task);
  ASSERT_NE(builtin, nullptr);
  const auto inputs = golden.at("inputs").get<Texts>();
  if (builtin->kind == BuiltinKind::kSleep) {
    const absl::StatusOr<Datum> delay = DecodeValue(JsonValue(inputs.at("delay_seconds")));
    ASSERT_TRUE(delay.ok());
    EXPECT_TRUE(SleepDurationOf(std::vector{&*delay}).ok());
    EXPECT_EQ(EncodeValue(SleepOutput()).bytes(), golden.at("outputs").at("value"));
    return;
  }

  const absl::StatusOr<Texts> outputs = Replay(*builtin, inputs);

  EXPECT_EQ(outputs.ok(), golden.contains("outputs")) << outputs.status();
  if (outputs.ok() && golden.contains("outputs")) {
    EXPECT_EQ(*outputs, golden.at("outputs").get<Texts>());
  } else if (!outputs.ok()) {
    EXPECT_EQ(outputs.status().code(), absl::StatusCode::kInvalidArgument) << outputs.status();
  }
}

TEST(BuiltinTest, GivesTheResultsOfTierkreisByteForByte) {
  std::ifstream file(kGoldenPath);
  const auto calls = nlohmann::json::parse(file);
  for (const auto& call : calls) {
    SCOPED_TRACE(call.dump());
    ExpectGolden(call);
  }
  EXPECT_EQ(calls.size(), 103);
}

TEST(BuiltinTest, NamesTheErrorsOfTierkreis) {
  std::ifstream file(kGoldenPath);
  for (const auto& call : nlohmann::json::parse(file)) {
    if (!call.contains("error")) continue;
    SCOPED_TRACE(call.dump());
    const TaskName name = SplitFunctionName(call.at("function").get<std::string>());
    const auto error = call.at("error").get<std::string>();

    const auto outputs = Replay(*FindBuiltin(name.task), call.at("inputs").get<Texts>());

    EXPECT_THAT(std::string(outputs.status().message()),
                ::testing::StartsWith(error.substr(0, error.find(':') + 1)));
  }
}

TEST(BuiltinTest, GivesTheResultsOfPythonByteForByte) {
  std::ifstream file(kExtraGoldenPath);
  ASSERT_TRUE(file.is_open());
  std::set<std::string> functions;
  for (std::string line; std::getline(file, line);) {
    SCOPED_TRACE(line.substr(0, 500));
    const auto call = nlohmann::json::parse(line);
    functions.insert(call.at("function").get<std::string>());
    ExpectGolden(call);
  }
  std::size_t function_count = 0;
  for (const TaskSpec& task : BuiltinCatalog().tasks) {
    if (FindBuiltin(task.name)->kind == BuiltinKind::kFunction) ++function_count;
  }
  EXPECT_EQ(functions.size(), function_count);
}

TEST(BuiltinTest, CatalogListsEachOnceWithPortsAndDescription) {
  std::set<std::string> names;
  for (const TaskSpec& task : BuiltinCatalog().tasks) {
    SCOPED_TRACE(task.name);
    const Builtin* builtin = FindBuiltin(task.name);

    ASSERT_NE(builtin, nullptr);
    EXPECT_EQ(builtin->spec, task);
    EXPECT_TRUE(names.insert(task.name).second);
    EXPECT_EQ(builtin->call != nullptr, builtin->kind == BuiltinKind::kFunction);
    EXPECT_FALSE(task.inputs.empty());
    EXPECT_FALSE(task.outputs.empty());
    EXPECT_FALSE(task.description.empty());
    for (const PortSpec& port : task.inputs) EXPECT_EQ(NameProblem(port.name), "");
  }
  EXPECT_EQ(BuiltinCatalog().worker, kBuiltinsWorker);
}

TEST(BuiltinTest, EveryBuiltinOfTheModelIsThere) {
  constexpr std::string_view kNames =
      "iadd add isubtract subtract itimes times divide idivide igt gt conjugate eq neq ipow pow "
      "tkr_abs tkr_round neg trk_and trk_or tkr_id append head tkr_len str_eq str_neq "
      "fold_values unfold_values concat tkr_zip unzip tkr_tuple untuple mean mod rand_int "
      "tkr_sleep tkr_encode tkr_decode tkr_all tkr_any tkr_reversed tkr_extend concat_lists "
      "tkr_str tkr_int sum_list prod_list max_item min_item sort_number_list sort_string_list "
      "flatten take drop tkr_range ";
  for (const auto name : absl::StrSplit(kNames.data(), ' ', absl::SkipEmpty())) {
    EXPECT_NE(FindBuiltin(std::string(name)), nullptr) << name;
  }
  EXPECT_EQ(FindBuiltin("iadd2"), nullptr);
  EXPECT_EQ(FindBuiltin(""), nullptr);
}

// Every call returns, whatever its arguments are.
TEST(BuiltinTest, AbsentAndStrangeArgumentsAreErrorsAndNothingElse) {
  const std::vector<Datum> strange = {None{},
                                      true,
                                      -7,
                                      2.5,
                                      "x",
                                      Bytes{"\xff"},
                                      List{1, "a"},
                                      Object{{"k", 1}},
                                      std::complex<double>(1, 2),
                                      BigInteger{"-" + std::string(400, '9')}};
  for (const TaskSpec& task : BuiltinCatalog().tasks) {
    const Builtin& builtin = *FindBuiltin(task.name);
    if (builtin.call == nullptr) continue;
    SCOPED_TRACE(task.name);
    EXPECT_THAT(std::string(builtin.call({}).status().message()), ::testing::HasSubstr("absent"));
    for (const Datum& a : strange) {
      for (const Datum& b : strange) {
        for (const Datum& c : strange) {
          const std::vector<const Datum*> arguments = {&a, &b, &c};

          const BuiltinResult result = builtin.call(std::span(arguments).first(task.inputs.size()));

          if (result.ok()) {
            EXPECT_EQ(result->size(), task.outputs.size());
          } else {
            EXPECT_FALSE(result.status().message().empty());
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace orrery::graph
