#include "controller/runtime/outcome_gate.h"

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/controller/runtime/controller_fixture.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OutcomeGateTest : public ::testing::Test {
 protected:
  OutcomeGateTest() { blobs_.Inspect(); }

  static constexpr SessionId kSession{1};
  static constexpr SessionId kOther{2};

  static model::Outcome Inline(std::uint64_t sequence) {
    return {.sequence = sequence, .result = model::Outputs{{"value", engine::Json("1")}}};
  }
  static model::Outcome Blob(std::uint64_t sequence, const std::string& bytes) {
    return {.sequence = sequence,
            .result = model::Outputs{
                {"value", std::make_shared<const graph::Value>(graph::Value{
                              graph::BlobRef{Sha256(bytes), bytes.size()}, "text/plain", ""})}}};
  }
  std::vector<std::uint64_t> Passed() const {
    std::vector<std::uint64_t> sequences;
    for (const model::Outcome& outcome : passed_) sequences.push_back(outcome.sequence);
    return sequences;
  }

  FakeBlobs blobs_;
  std::vector<model::Outcome> passed_;
  OutcomeGate gate_{blobs_, [this](SessionId, std::vector<model::Outcome> outcomes) {
                      for (model::Outcome& outcome : outcomes)
                        passed_.push_back(std::move(outcome));
                    }};
};

TEST_F(OutcomeGateTest, OutcomesWithoutBlobsPassAtOnce) {
  gate_.Add(kSession, {Inline(1), Inline(2)});

  EXPECT_THAT(Passed(), ElementsAre(1u, 2u));
  EXPECT_EQ(blobs_.Answer(), 0u);
}

TEST_F(OutcomeGateTest, OutcomesOfASessionPassInTheirOrderAndOthersAreNotHeldUp) {
  blobs_.Put("large");
  gate_.Add(kSession, {Blob(1, "large")});
  gate_.Add(kSession, {Inline(2)});
  gate_.Add(kOther, {Inline(9)});
  EXPECT_THAT(Passed(), ElementsAre(9u));

  blobs_.Answer();

  EXPECT_THAT(Passed(), ElementsAre(9u, 1u, 2u));
  EXPECT_TRUE(std::holds_alternative<model::Outputs>(passed_[1].result));
}

TEST_F(OutcomeGateTest, OutcomeWhoseBlobIsAbsentIsAnErrorOfTheStorage) {
  gate_.Add(kSession, {Inline(1), Blob(2, "nowhere"), Inline(3)});

  blobs_.Answer();

  EXPECT_THAT(Passed(), ElementsAre(1u, 2u, 3u));
  const auto* error = std::get_if<model::TaskError>(&passed_[1].result);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->kind, model::TaskErrorKind::kStorage);
  EXPECT_THAT(error->message, HasSubstr("output \"value\" is a blob of 7 bytes"));
  EXPECT_TRUE(std::holds_alternative<model::Outputs>(passed_[2].result));
}

TEST_F(OutcomeGateTest, WhatWaitsIsCountedUntilItPasses) {
  blobs_.Put("large");
  gate_.Add(kSession, {Inline(1)});
  EXPECT_EQ(gate_.waiting_bytes(), 0u);
  gate_.Add(kSession, {Blob(2, "large")});
  EXPECT_GT(gate_.waiting_bytes(), 0u);

  blobs_.Answer();

  EXPECT_EQ(gate_.waiting_bytes(), 0u);
}

TEST_F(OutcomeGateTest, NothingOfASessionThatIsLostPasses) {
  blobs_.Put("large");
  gate_.Add(kSession, {Blob(1, "large")});

  gate_.Remove(kSession);
  EXPECT_EQ(gate_.waiting_bytes(), 0u);
  blobs_.Answer();

  EXPECT_THAT(Passed(), IsEmpty());
}

}  // namespace
}  // namespace orrery::runtime
