#include "graph/native/type_of.h"

#include "tests/unit/graph/native/sample_types.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

struct Renamed {
  int x = 0;
};
BOOST_DESCRIBE_STRUCT(Renamed, (), (x))

}  // namespace

template <>
struct StructName<Renamed> {
  static std::string value() { return "Other"; }
};

namespace {

template <class T>
std::string TypeText() {
  return TypeOf<T>().ToString();
}

TEST(TypeOfTest, NumbersAndText) {
  EXPECT_EQ(TypeText<bool>(), "bool");
  EXPECT_EQ(TypeText<std::uint8_t>(), "int");
  EXPECT_EQ(TypeText<std::int64_t>(), "int");
  EXPECT_EQ(TypeText<BigInteger>(), "int");
  EXPECT_EQ(TypeText<float>(), "float");
  EXPECT_EQ(TypeText<std::complex<double>>(), "complex");
  EXPECT_EQ(TypeText<const std::string&>(), "str");
  EXPECT_EQ(TypeText<Bytes>(), "bytes");
  EXPECT_EQ(TypeText<std::monostate>(), "none");
  EXPECT_EQ(TypeText<Datum>(), "unknown");
}

TEST(TypeOfTest, Containers) {
  EXPECT_EQ(TypeText<std::vector<std::optional<int>>>(), "list[int | none]");
  EXPECT_EQ((TypeText<std::map<std::string, double>>()), "map[str, float]");
  EXPECT_EQ((TypeText<std::pair<int, bool>>()), "tuple[int, bool]");
  EXPECT_EQ((TypeText<std::tuple<int, std::string, int>>()), "tuple[int, str, int]");
  EXPECT_EQ((TypeText<std::variant<int, std::vector<int>>>()), "int | list[int]");
}

TEST(TypeOfTest, DescribedStructsAndOpaqueTypes) {
  EXPECT_EQ(TypeText<test::PointedArray>(), "PointedArray{a: numpy.ndarray, p: int}");
  EXPECT_EQ(TypeText<Opaque<"numpy.ndarray">>(), "numpy.ndarray");
  EXPECT_EQ(TypeOf<test::Array>(), OpaqueType("numpy.ndarray"));
}

TEST(TypeOfTest, AStructMayHaveAnotherName) { EXPECT_EQ(TypeText<Renamed>(), "Other{x: int}"); }

}  // namespace

}  // namespace orrery::graph
