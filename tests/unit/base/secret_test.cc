#include "base/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(SecretTest, NewSecretsAreLongAndDiffer) {
  SeededRandom random(7);

  const std::string first = NewSecret(random);

  EXPECT_THAT(first, ::testing::SizeIs(32));
  EXPECT_NE(NewSecret(random), first);
}

TEST(SecretTest, OnlyTheWholeSecretIsEqual) {
  EXPECT_TRUE(AreEqualSecrets("abcd", "abcd"));
  EXPECT_FALSE(AreEqualSecrets("abcd", "abce"));
  EXPECT_FALSE(AreEqualSecrets("abcd", "abc"));
}

TEST(SecretTest, NoSecretEqualsNone) { EXPECT_FALSE(AreEqualSecrets("", "")); }

}  // namespace
}  // namespace orrery
