#include "model/submission.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace orrery::model {
namespace {

TEST(SubmissionTest, DigestTellsSubmissionsApartByEachField) {
  const Digest graph = Sha256("graph");
  const Submission plain{.name = "flow"};
  Submission renamed = plain;
  renamed.name = "flow2";
  Submission with_input = plain;
  with_input.inputs.push_back({"x", std::make_shared<const graph::Value>(graph::JsonValue("1"))});
  Submission with_effect = plain;
  with_effect.side_effects = {3};
  Submission with_policy = plain;
  with_policy.failure_rules.policies["*"] = {.attempts = 2};
  Submission continuing = plain;
  continuing.failure_rules.continues = true;
  Submission refreshing = plain;
  refreshing.cache_mode = CacheMode::kRefresh;

  std::set<std::string> digests{SubmissionDigest(plain, Sha256("other")).ToHex()};
  for (const Submission& submission :
       {plain, renamed, with_input, with_effect, with_policy, continuing, refreshing}) {
    digests.insert(SubmissionDigest(submission, graph).ToHex());
  }

  EXPECT_EQ(digests.size(), 8u);
  EXPECT_EQ(SubmissionDigest(plain, graph), SubmissionDigest({.name = "flow"}, graph));
}

}  // namespace
}  // namespace orrery::model
