#include "worker_sdk/cpp/array/array_lists.h"

#include <complex>
#include <cstdint>

#include "graph/json.h"
#include "graph/limits.h"
#include "xtensor/xbuilder.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::HasSubstr;
using Complex = std::complex<double>;

std::string ToText(const NDArray& array) { return graph::WriteJson(ToNestedLists(array).value()); }

absl::StatusOr<NDArray> FromText(std::string_view text) {
  return FromNestedLists(graph::ParseJson(text).value());
}

TEST(ArrayListsTest, TextIsWhatTolistGives) {
  EXPECT_EQ(ToText(xt::xarray<double>{{0, 0.1}, {1e22, -2}}), "[[0.0, 0.1], [1e+22, -2.0]]");
  EXPECT_EQ(ToText(xt::xarray<std::uint8_t>{1, 200}), "[1, 200]");
  EXPECT_EQ(ToText(xt::xarray<bool>{true, false}), "[true, false]");
  EXPECT_EQ(ToText(xt::xarray<float>{0.1f}), "[0.10000000149011612]");
  EXPECT_EQ(ToText(xt::xarray<double>(2.5)), "2.5");
  EXPECT_EQ(ToText(NDArray()), "[]");
  EXPECT_EQ(ToText(xt::xarray<Complex>{Complex(1, -2)}), R"([{"__tkr_complex__": [1.0, -2.0]}])");
}

TEST(ArrayListsTest, ElementTypeIsTheFirstThatHoldsAll) {
  EXPECT_EQ(*FromText("[true, false]"), NDArray(xt::xarray<bool>{true, false}));
  EXPECT_EQ(*FromText("[true, 2]"), NDArray(xt::xarray<std::int64_t>{1, 2}));
  EXPECT_EQ(*FromText("[[1, 2], [3, 4.5]]"), NDArray(xt::xarray<double>{{1, 2}, {3, 4.5}}));
  EXPECT_EQ(*FromText(R"([1, true, {"__tkr_complex__": [0.0, 2.0]}])"),
            NDArray(xt::xarray<Complex>{Complex(1, 0), Complex(1, 0), Complex(0, 2)}));
  EXPECT_EQ(*FromText("7"), NDArray(xt::xarray<std::int64_t>(7)));
  EXPECT_EQ(FromText("[[], []]")->Describe(), "float64 array of shape (2, 0)");
}

TEST(ArrayListsTest, ListsThatAreNoArrayAreRefused) {
  EXPECT_THAT(FromText("[[1, 2], [3]]").status().message(), HasSubstr("lengths 2 and 1"));
  EXPECT_THAT(FromText("[[1], 2]").status().message(), HasSubstr("a int stands where a list"));
  EXPECT_THAT(FromText("[1, [2]]").status().message(), HasSubstr("a list stands beside a number"));
  EXPECT_THAT(FromText("[\"x\"]").status().message(), HasSubstr("an array element is str"));
  EXPECT_FALSE(FromText("[99999999999999999999]").ok());
  EXPECT_THAT(FromText(std::string(40, '[') + std::string(40, ']')).status().message(),
              HasSubstr("limit array_axes"));
}

TEST(ArrayListsTest, ArrayOfMoreThanAMillionEmptyListsIsRefused) {
  const auto lists_of = [](std::size_t count) {
    return ToNestedLists(*NDArray::FromBytes(ElementType::kFloat64, {count, 0}, ""));
  };

  EXPECT_EQ(lists_of(1'000'000)->As<graph::List>()->size(), 1'000'000U);
  EXPECT_THAT(lists_of(1'000'001).status().message(),
              HasSubstr("at most 1000000 empty lists are; use npy or raw (limit empty_lists)"));
  EXPECT_FALSE(lists_of(1'000'000'000'000).ok());
}

TEST(ArrayListsTest, ArrayOfMoreElementsThanJsonCanHoldIsRefused) {
  constexpr std::size_t kMost = graph::kLimits.json_bytes.max / 2;
  const auto array =
      NDArray::FromBytes(ElementType::kInt8, {kMost + 1}, std::string(kMost + 1, '\0'));

  EXPECT_THAT(ToNestedLists(*array).status().message(), HasSubstr("limit list_elements"));
}

}  // namespace
}  // namespace orrery
