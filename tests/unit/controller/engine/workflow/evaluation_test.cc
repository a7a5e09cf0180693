#include "controller/engine/workflow/evaluation.h"

#include "tests/unit/controller/engine/workflow/frame_fixture.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::HasSubstr;

// Node 0 is a task that makes the input, 1 the node that is evaluated.
class EvaluationTest : public FrameFixture {
 protected:
  Frame& OpenCallOf(const std::string& function_name, const std::string& input,
                    const std::string& output = "value") {
    Sketch sketch;
    const auto made = sketch.Task("ada.add");
    return OpenRoot(sketch.Returning(sketch.Task(function_name, {{input, made}}, output)));
  }
  Evaluation Evaluated(const LoadedBytes* loaded = nullptr) {
    absl::StatusOr<Evaluation> evaluation = Evaluate(frames_[0], 1, loaded, work_);
    EXPECT_TRUE(evaluation.ok()) << evaluation.status();
    return *std::move(evaluation);
  }
  std::string RefusalOf() {
    return std::string(Evaluate(frames_[0], 1, /*loaded=*/nullptr, work_).status().message());
  }
  WorkMeter work_{kNodeWork};
  static std::string TextOf(const Evaluation& evaluation) {
    return std::string(std::get<NodeResult>(evaluation).outputs.at(0).value->bytes());
  }
};

TEST_F(EvaluationTest, ABuiltinIsCalledWithItsArguments) {
  OpenCallOf("builtins.tkr_len", "v");
  FinishNode(0, {{"value", Json("[1, 2, 3]")}});

  EXPECT_EQ(TextOf(Evaluated()), "3");
}

TEST_F(EvaluationTest, ALargeArgumentHasToBeLoadedFirst) {
  const std::string bytes = "[1, 2]";
  OpenCallOf("builtins.tkr_len", "v");
  FinishNode(0, {{"value", std::make_shared<const graph::Value>(BlobOf(bytes))}});

  EXPECT_EQ(std::get<MissingBytes>(Evaluated()), (MissingBytes{{Sha256(bytes), bytes.size()}}));
  const LoadedBytes loaded = {{Sha256(bytes), std::make_shared<const std::string>(bytes)}};

  EXPECT_EQ(TextOf(Evaluated(&loaded)), "2");
}

TEST_F(EvaluationTest, AWrongArgumentIsAnErrorThatNamesIt) {
  OpenCallOf("builtins.tkr_len", "v");
  FinishNode(0);
  EXPECT_EQ(RefusalOf(), "input \"v\" is absent");

  FinishNode(0, {{"value", Json("nonsense")}});
  EXPECT_THAT(RefusalOf(), HasSubstr("input \"v\": "));
}

TEST_F(EvaluationTest, ABuiltinThatDoesNotExistIsAnError) {
  OpenCallOf("builtins.nonsense", "value");
  FinishNode(0);

  EXPECT_EQ(RefusalOf(), "there is no such builtin");
}

TEST_F(EvaluationTest, ASleepIsAnOutcomeToWaitFor) {
  OpenCallOf("builtins.tkr_sleep", "delay_seconds");
  FinishNode(0, {{"value", Json("5")}});

  EXPECT_EQ(std::get<OutsideOutcome>(Evaluated()), OutsideOutcome(absl::Seconds(5)));
}

TEST_F(EvaluationTest, AFoldMakesAListOfElements) {
  Sketch sketch;
  const auto made = sketch.Task("ada.add", {}, "*");
  OpenRoot(sketch.Returning(sketch.Task("builtins.fold_values", {{"values_glob", made}})));
  FinishNode(0, {}, {{"*", ListOf({"1", "2"})}});

  EXPECT_EQ(TextOf(Evaluated()), "[1, 2]");
}

TEST_F(EvaluationTest, AFoldOfOneValueIsAnError) {
  OpenCallOf("builtins.fold_values", "values_glob");
  FinishNode(0, {{"value", Json("[1]")}});

  EXPECT_THAT(RefusalOf(), HasSubstr("is given the one value of port \"value\""));
}

TEST_F(EvaluationTest, AnUnfoldMakesTheElementsOfAList) {
  OpenCallOf("builtins.unfold_values", "value", "*");
  FinishNode(0, {{"value", Json("[10, 20]")}});

  const Evaluation evaluation = Evaluated();

  const auto& [port, list] = std::get<NodeResult>(evaluation).elements.at(0);
  EXPECT_EQ(port, "*");
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ(list->Get(1)->bytes(), "20");
}

}  // namespace
}  // namespace orrery::engine
