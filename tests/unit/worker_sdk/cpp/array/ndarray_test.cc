#include "worker_sdk/cpp/array/ndarray.h"

#include <complex>
#include <cstdint>
#include <limits>

#include "xtensor/xbuilder.hpp"
#include "xtensor/xmanipulation.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(NDArrayTest, ElementTypeFollowsTheXtensorType) {
  EXPECT_EQ(NDArray(xt::xarray<bool>{true}).element_type(), ElementType::kBool);
  EXPECT_EQ(NDArray(xt::xarray<std::int64_t>{1}).element_type(), ElementType::kInt64);
  EXPECT_EQ(NDArray(xt::xarray<std::uint8_t>{1}).element_type(), ElementType::kUInt8);
  EXPECT_EQ(NDArray(xt::xarray<float>{1}).element_type(), ElementType::kFloat32);
  EXPECT_EQ(NDArray(xt::xarray<std::complex<double>>{1}).element_type(), ElementType::kComplex128);
}

TEST(NDArrayTest, DefaultIsAnEmptyFloat64Vector) {
  const NDArray array;

  EXPECT_EQ(array.Describe(), "float64 array of shape (0,)");
  EXPECT_EQ(array.element_count(), 0u);
}

TEST(NDArrayTest, ExpressionIsEvaluatedInCOrder) {
  const xt::xarray<double> rows = {{1, 2, 3}, {4, 5, 6}};

  const NDArray columns = NDArray::Of(xt::transpose(rows));

  EXPECT_THAT(columns.shape(), ElementsAre(3, 2));
  EXPECT_EQ(columns, NDArray(xt::xarray<double>{{1, 4}, {2, 5}, {3, 6}}));
}

TEST(NDArrayTest, BytesOfAnotherLengthAreRefused) {
  const auto array = NDArray::FromBytes(ElementType::kFloat64, {2, 3}, std::string(47, 'x'));

  ASSERT_FALSE(array.ok());
  EXPECT_THAT(array.status().message(), HasSubstr("(2, 3) needs 48 bytes, but 47 are there"));
}

TEST(NDArrayTest, ShapeThatOverflowsIsRefused) {
  const std::size_t huge = std::numeric_limits<std::size_t>::max();

  EXPECT_FALSE(NDArray::FromBytes(ElementType::kFloat64, {huge, huge}, "").ok());
  EXPECT_FALSE(NDArray::FromBytes(ElementType::kFloat64, {0, huge, 2}, "").ok());
}

TEST(NDArrayTest, AnArrayHasAtMostThirtyTwoAxes) {
  const auto error_of = [](std::size_t axes) {
    const auto array = NDArray::FromBytes(ElementType::kInt8, ArrayShape(axes, 1), "x");
    return std::string(array.status().message());
  };

  EXPECT_EQ(error_of(kArrayAxes.max), "");
  EXPECT_THAT(error_of(kArrayAxes.max + 1), HasSubstr("limit array_axes"));
}

TEST(NDArrayTest, AnyNonzeroByteIsATrueBool) {
  const auto array = NDArray::FromBytes(ElementType::kBool, {3}, std::string("\x00\x02\xff", 3));

  ASSERT_TRUE(array.ok());
  EXPECT_EQ(*array, NDArray(xt::xarray<bool>{false, true, true}));
}

TEST(NDArrayTest, ReshapeKeepsOrderAndRefusesAnotherCount) {
  const NDArray array(xt::xarray<std::int32_t>{1, 2, 3, 4, 5, 6});

  EXPECT_EQ(*array.Reshape({2, 3}), NDArray(xt::xarray<std::int32_t>{{1, 2, 3}, {4, 5, 6}}));
  EXPECT_THAT(array.Reshape({4}).status().message(),
              HasSubstr("int32 array of shape (6,) cannot be reshaped to (4,)"));
}

TEST(NDArrayTest, NumbersConvertToFloat64AndComplexDoesNot) {
  EXPECT_EQ(*NDArray(xt::xarray<bool>{true, false}).ToFloat64(), (xt::xarray<double>{1, 0}));
  EXPECT_EQ(*NDArray(xt::xarray<std::int64_t>{-7}).ToFloat64(), (xt::xarray<double>{-7}));
  EXPECT_FALSE(NDArray(xt::xarray<std::complex<double>>{1}).ToFloat64().ok());
}

}  // namespace
}  // namespace orrery
