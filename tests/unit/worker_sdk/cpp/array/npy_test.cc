#include "worker_sdk/cpp/array/npy.h"

#include <complex>
#include <cstdint>
#include <string>

#include "base/file.h"
#include "xtensor/xbuilder.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::HasSubstr;
using Complex = std::complex<double>;
using Complex32 = std::complex<float>;

// Files written by numpy 1.24.2; tests run in the repository's root.
std::string Golden(const std::string& name) {
  return ReadFile("tests/golden/npy/" + name + ".npy", 1 << 20).value();
}

xt::xarray<double> Linspace50() {
  xt::xarray<double> array = xt::arange<double>(50) * (10.0 / 49);
  array(49) = 10;
  return array;
}

// A version 1.0 file with this header text and these elements.
std::string File(std::string header, const std::string& elements = "") {
  header.push_back('\n');
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes.push_back(static_cast<char>(header.size() & 0xff));
  bytes.push_back(static_cast<char>(header.size() >> 8));
  return bytes + header + elements;
}

std::string Shaped(const std::string& shape) {
  return File("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }", "12345678");
}

TEST(NpyTest, WrittenBytesAreNumpys) {
  xt::xarray<double> rank20 = xt::xarray<double>::from_shape(std::vector<std::size_t>(20, 1));
  rank20.fill(7);

  EXPECT_EQ(WriteNpy(Linspace50()), Golden("float64_50"));
  EXPECT_EQ(WriteNpy(*NDArray(Linspace50()).Reshape({5, 10})), Golden("float64_5x10"));
  EXPECT_EQ(WriteNpy(xt::xarray<double>(2.5)), Golden("float64_scalar"));
  EXPECT_EQ(WriteNpy(NDArray()), Golden("float64_empty"));
  EXPECT_EQ(WriteNpy(rank20), Golden("float64_rank20"));
  EXPECT_EQ(WriteNpy(xt::xarray<bool>{true, false, true}), Golden("bool_3"));
  EXPECT_EQ(WriteNpy(xt::xarray<std::int8_t>{-128, 0, 127}), Golden("int8_3"));
}

TEST(NpyTest, EveryElementTypeAndByteOrderIsRead) {
  EXPECT_EQ(*ReadNpy(Golden("float64_50")), NDArray(Linspace50()));
  EXPECT_EQ(*ReadNpy(Golden("float32_big_endian_3")), NDArray(xt::xarray<float>{1.5, -2, 3e10}));
  EXPECT_EQ(*ReadNpy(Golden("int64_2x2")),
            NDArray(xt::xarray<std::int64_t>{{1, -2}, {3, std::int64_t{1} << 62}}));
  EXPECT_EQ(*ReadNpy(Golden("uint16_big_endian_2x3")),
            NDArray(xt::xarray<std::uint16_t>{{0, 257, 514}, {771, 1028, 1285}}));
  EXPECT_EQ(*ReadNpy(Golden("int8_3")), NDArray(xt::xarray<std::int8_t>{-128, 0, 127}));
  EXPECT_EQ(*ReadNpy(Golden("bool_3")), NDArray(xt::xarray<bool>{true, false, true}));
  EXPECT_EQ(*ReadNpy(Golden("complex128_2")),
            NDArray(xt::xarray<Complex>{Complex(1, 2), Complex(-0.0, -3.5)}));
  EXPECT_EQ(*ReadNpy(Golden("complex64_big_endian_2")),
            NDArray(xt::xarray<Complex32>{Complex32(1, 2), Complex32(-0.0f, -3.5f)}));
}

TEST(NpyTest, FortranOrderBecomesCOrder) {
  EXPECT_EQ(*ReadNpy(Golden("float64_fortran_2x3")),
            NDArray(xt::xarray<double>{{0, 1, 2}, {3, 4, 5}}));
}

TEST(NpyTest, LaterVersionsOfTheFormatAreRead) {
  EXPECT_EQ(*ReadNpy(Golden("float64_version2")), NDArray(xt::xarray<double>{0, 1, 2, 3}));
  EXPECT_EQ(*ReadNpy(Golden("float64_version3")), NDArray(xt::xarray<double>{0, 1, 2, 3}));
}

TEST(NpyTest, ElementsThatAreNoNumbersAreRefused) {
  EXPECT_THAT(ReadNpy(Golden("object_1")).status().message(), HasSubstr("only Python can read"));
  EXPECT_THAT(ReadNpy(Golden("structured_2")).status().message(), HasSubstr("structures"));
  EXPECT_THAT(ReadNpy(Golden("text_2")).status().message(), HasSubstr("'<U1'"));
  EXPECT_THAT(ReadNpy(Golden("half_2")).status().message(), HasSubstr("'<f2'"));
}

TEST(NpyTest, ClaimsOfBillionsOfElementsAreRefusedWithoutAllocating) {
  EXPECT_THAT(ReadNpy(Shaped("(9000000000,)")).status().message(),
              HasSubstr("takes 72000000000 bytes, but 8 follow"));
  EXPECT_THAT(ReadNpy(Shaped("(4294967296, 4294967296)")).status().message(),
              HasSubstr("too large to address"));
  EXPECT_THAT(ReadNpy(Shaped("(99999999999999999999999,)")).status().message(),
              HasSubstr("not a length"));
  EXPECT_THAT(ReadNpy(Shaped("(" + std::string(400, '1') + ",)")).status().message(),
              HasSubstr("not a length"));
}

TEST(NpyTest, HeadersHaveALimit) {
  const std::string header(4097, ' ');
  EXPECT_THAT(ReadNpy(std::string("\x93NUMPY\x01\x00\x01\x10", 10) + header).status().message(),
              HasSubstr("limit npy_header_bytes"));
  std::string ones;
  for (int axis = 0; axis < 33; ++axis) ones += "1,";
  EXPECT_THAT(ReadNpy(Shaped("(" + ones + ")")).status().message(), HasSubstr("limit array_axes"));
}

TEST(NpyTest, HeaderMustBeExactlyTheDictionary) {
  ASSERT_TRUE(ReadNpy(Shaped("(1,)")).ok());
  for (const std::string& bytes : {
           std::string(),
           std::string("\x93NUMPY"),
           std::string("\x93NUMPY\x01\x00\xff\xff", 10),
           std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12),
           File(""),
           File("{"),
           File("{}"),
           Shaped("(1"),
           Shaped("(1)"),
           Shaped("1"),
           Shaped("(-1,)"),
           Shaped("(1.0,)"),
           Shaped("(1, 1 1)"),
           Shaped("(1,), 'shape': (1,)"),
           Shaped("(1,), 'extra': 1"),
           Shaped("(1,), }  x"),
           File("{'descr': '<f8', 'shape': (1,), }", "12345678"),
           File("{'descr': 'f8', 'fortran_order': False, 'shape': (1,), }", "12345678"),
           File("{'descr': '<f', 'fortran_order': False, 'shape': (1,), }", "12345678"),
           File("{'descr': '<f8x', 'fortran_order': False, 'shape': (1,), }", "12345678"),
           File("{'descr': '<f8, 'fortran_order': False, 'shape': (1,), }", "12345678"),
           File("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }", "12345678"),
       }) {
    EXPECT_EQ(ReadNpy(bytes).status().code(), absl::StatusCode::kInvalidArgument) << bytes;
  }
}

TEST(NpyTest, EveryTruncationIsRefused) {
  const std::string whole = Golden("int64_2x2");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(ReadNpy(std::string_view(whole).substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(ReadNpy(whole + "x").ok());
}

}  // namespace
}  // namespace orrery
