#include "client/cpp/assignable.h"

#include <complex>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "boost/describe/class.hpp"
#include "client/cpp/port.h"
#include "gtest/gtest.h"

namespace orrery::client {

// The type that stands for numpy.ndarray.
struct RealArray {};

}  // namespace orrery::client

template <>
struct orrery::graph::NativeTraits<orrery::client::RealArray> {
  static constexpr std::string_view kOpaqueName = "numpy.ndarray";
  static Type type() { return OpaqueType(std::string(kOpaqueName)); }
};

namespace orrery::client {
namespace {

using Array = Opaque<"numpy.ndarray">;
using Frame = Opaque<"pandas.DataFrame">;
using Shape = std::variant<std::int64_t, std::vector<std::int64_t>>;

TEST(IsAssignableTest, IntegersFitWhereFloatsAreWantedAndNotTheOtherWay) {
  EXPECT_TRUE((IsAssignable<std::int64_t, double>()));
  EXPECT_FALSE((IsAssignable<double, std::int64_t>()));
  EXPECT_TRUE((IsAssignable<double, std::complex<double>>()));
  EXPECT_TRUE((IsAssignable<int, std::int64_t>()));
}

TEST(IsAssignableTest, BoolIsNoNumber) {
  EXPECT_FALSE((IsAssignable<bool, std::int64_t>()));
  EXPECT_FALSE((IsAssignable<std::int64_t, bool>()));
}

TEST(IsAssignableTest, TextIsTextInAnyForm) {
  EXPECT_TRUE((IsAssignable<const char*, std::string>()));
  EXPECT_FALSE((IsAssignable<std::string, graph::Bytes>()));
}

TEST(IsAssignableTest, VariantTakesItsAlternativesAndGivesOnlyWhatAllFit) {
  EXPECT_TRUE((IsAssignable<std::int64_t, Shape>()));
  EXPECT_TRUE((IsAssignable<std::vector<std::int64_t>, Shape>()));
  EXPECT_FALSE((IsAssignable<std::string, Shape>()));
  EXPECT_FALSE((IsAssignable<Shape, std::int64_t>()));
  EXPECT_TRUE((IsAssignable<std::variant<std::int64_t, double>, double>()));
}

TEST(IsAssignableTest, OptionalTakesItsValueAndDoesNotBecomeIt) {
  EXPECT_TRUE((IsAssignable<std::int64_t, std::optional<std::int64_t>>()));
  EXPECT_TRUE((IsAssignable<graph::None, std::optional<std::int64_t>>()));
  EXPECT_FALSE((IsAssignable<std::optional<std::int64_t>, std::int64_t>()));
}

TEST(IsAssignableTest, ContainersFitByTheirElements) {
  EXPECT_TRUE((IsAssignable<std::vector<std::int64_t>, std::vector<double>>()));
  EXPECT_FALSE((IsAssignable<std::vector<double>, std::vector<std::int64_t>>()));
  EXPECT_TRUE((IsAssignable<std::map<std::string, int>, std::map<std::string, double>>()));
  EXPECT_TRUE((IsAssignable<std::tuple<int, std::string>, std::tuple<double, std::string>>()));
  EXPECT_FALSE((IsAssignable<std::tuple<int>, std::tuple<int, int>>()));
}

// Two structs with the fields of a worker's, as a program and its stubs have them.
struct Point {
  std::int64_t x = 0;
  std::string label;
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, label))

struct FloatPoint {
  double x = 0;
  std::string label;
};
BOOST_DESCRIBE_STRUCT(FloatPoint, (), (x, label))

struct Named {
  std::string label;
};
BOOST_DESCRIBE_STRUCT(Named, (), (label))

TEST(IsAssignableTest, StructsFitByTheirFields) {
  EXPECT_TRUE((IsAssignable<Point, FloatPoint>()));
  EXPECT_FALSE((IsAssignable<FloatPoint, Point>()));
  EXPECT_FALSE((IsAssignable<Point, Named>()));
  EXPECT_FALSE((IsAssignable<Named, Point>()));
}

TEST(IsAssignableTest, ElementsFitOnlyWhereElementsAreWanted) {
  EXPECT_TRUE((IsAssignable<Each<std::int64_t>, Each<double>>()));
  EXPECT_FALSE((IsAssignable<Each<double>, Each<std::int64_t>>()));
  EXPECT_FALSE((IsAssignable<Each<double>, double>()));
  EXPECT_FALSE((IsAssignable<double, Each<double>>()));
  EXPECT_FALSE((IsAssignable<Each<double>, graph::Datum>()));
}

TEST(IsAssignableTest, GraphsFitOnlyThoseOfTheirPortsAndAnything) {
  using Real = TypedGraph<Port<double>, Port<double>>;
  using Whole = TypedGraph<Port<std::int64_t>, Port<std::int64_t>>;
  EXPECT_TRUE((IsAssignable<Real, Real>()));
  EXPECT_FALSE((IsAssignable<Real, Whole>()));
  EXPECT_FALSE((IsAssignable<Real, double>()));
  EXPECT_TRUE((IsAssignable<Real, graph::Datum>()));
}

TEST(IsAssignableTest, OpaqueTypesOfOneNameAreOneType) {
  EXPECT_TRUE((IsAssignable<RealArray, Array>()));
  EXPECT_TRUE((IsAssignable<Array, RealArray>()));
  EXPECT_TRUE((IsAssignable<std::vector<RealArray>, std::vector<Array>>()));
  EXPECT_FALSE((IsAssignable<RealArray, Frame>()));
}

TEST(IsAssignableTest, OpaqueTypesFitOnlyThemselvesAndAnything) {
  EXPECT_TRUE((IsAssignable<Array, Array>()));
  EXPECT_FALSE((IsAssignable<Array, Frame>()));
  EXPECT_FALSE((IsAssignable<Array, std::vector<double>>()));
  EXPECT_TRUE((IsAssignable<Array, graph::Datum>()));
  EXPECT_TRUE((IsAssignable<graph::Datum, Array>()));
}

}  // namespace
}  // namespace orrery::client
