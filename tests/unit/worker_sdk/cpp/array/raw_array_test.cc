#include "worker_sdk/cpp/array/raw_array.h"

#include <complex>
#include <cstdint>
#include <string>

#include "xtensor/xbuilder.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::HasSubstr;
using Complex = std::complex<double>;

TEST(RawArrayTest, LayoutIsAsDocumented) {
  const std::string header(
      "\x01"
      "i\x02\x02\0\0\0\0"
      "\x01\0\0\0\0\0\0\0"
      "\x02\0\0\0\0\0\0\0",
      24);

  EXPECT_EQ(WriteRawArray(xt::xarray<std::int16_t>{{1, -2}}),
            header + std::string("\x01\x00\xfe\xff", 4));
}

TEST(RawArrayTest, WhatIsWrittenIsReadBack) {
  for (const NDArray& array :
       {NDArray(), NDArray(xt::xarray<double>(2.5)), NDArray(xt::xarray<bool>{true, false}),
        NDArray(xt::xarray<std::uint64_t>{{1, 2, 3}, {4, 5, ~std::uint64_t{0}}}),
        NDArray(xt::xarray<Complex>{Complex(1, 2), Complex(3, 4)})}) {
    const auto read = ReadRawArray(WriteRawArray(array));

    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, array);
  }
}

TEST(RawArrayTest, EveryTruncationIsRefused) {
  const std::string whole = WriteRawArray(xt::xarray<double>{{1, 2}, {3, 4}});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(ReadRawArray(std::string_view(whole).substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(ReadRawArray(whole + "x").ok());
}

TEST(RawArrayTest, WrongHeadersAreRefusedWithTheReason) {
  const std::string whole = WriteRawArray(xt::xarray<double>{1});
  const auto with = [&](std::size_t offset, char byte) {
    std::string changed = whole;
    changed[offset] = byte;
    return std::string(ReadRawArray(changed).status().message());
  };

  EXPECT_THAT(with(0, 2), HasSubstr("its format version is 2, and only 1 is known"));
  EXPECT_THAT(with(1, 'x'), HasSubstr("elements of kind 120 and 8 bytes are unknown"));
  EXPECT_THAT(with(2, 3), HasSubstr("elements of kind 102 and 3 bytes are unknown"));
  EXPECT_THAT(with(3, '\xff'), HasSubstr("its header takes 2048"));
  EXPECT_THAT(with(4, 1), HasSubstr("are not zero"));
  EXPECT_THAT(with(15, '\x7f'), HasSubstr("too large to address"));
  EXPECT_THAT(with(11, 1), HasSubstr("but 8 are there"));
}

}  // namespace
}  // namespace orrery
