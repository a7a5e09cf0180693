#include "base/shared_bytes.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(SharedBytesTest, CopiesShareTheBytesAndKeepThemAlive) {
  auto first = std::make_unique<SharedBytes>(std::string(1000, 'x'));
  const SharedBytes second = *first;

  EXPECT_EQ(second.data(), first->data());
  first.reset();

  EXPECT_EQ(second.view(), std::string(1000, 'x'));
}

TEST(SharedBytesTest, AStringIsTakenOverWithoutACopy) {
  std::string bytes(1000, 'x');
  const char* const data = bytes.data();

  EXPECT_EQ(SharedBytes(std::move(bytes)).data(), data);
}

TEST(SharedBytesTest, OwnerLivesAsLongAsTheLastCopy) {
  auto owner = std::make_shared<const std::string>("prefix and bytes");
  const std::weak_ptr<const std::string> watched = owner;
  auto bytes = std::make_unique<SharedBytes>(std::string_view(*owner).substr(11), owner);
  owner.reset();

  EXPECT_EQ(bytes->view(), "bytes");
  EXPECT_FALSE(watched.expired());
  bytes.reset();

  EXPECT_TRUE(watched.expired());
}

TEST(SharedBytesTest, EqualMeansTheSameBytesWhereverTheyAre) {
  EXPECT_EQ(SharedBytes(std::string("a")), SharedBytes(std::string("a")));
  EXPECT_NE(SharedBytes(std::string("a")), SharedBytes(std::string("b")));
  EXPECT_EQ(SharedBytes(), SharedBytes(std::string()));
}

TEST(SharedBytesTest, WhatWasMovedFromIsEmpty) {
  SharedBytes first(std::string("bytes"));
  const SharedBytes second = std::move(first);

  EXPECT_EQ(second.view(), "bytes");
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace orrery
