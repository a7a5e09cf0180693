#include "graph/native/convert.h"

#include <limits>

#include "tests/unit/graph/native/sample_types.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;
using ::testing::VariantWith;

template <class T>
std::string ErrorOf(const Datum& datum, const CodecSet& codecs = NoCodecs()) {
  const absl::StatusOr<T> value = FromDatum<T>(datum, codecs);
  return value.ok() ? "no error" : std::string(value.status().message());
}

template <class T>
void ExpectRoundTrip(const T& value, const Datum& expected) {
  const absl::StatusOr<Datum> datum = ToDatum(value);
  ASSERT_TRUE(datum.ok()) << datum.status();
  EXPECT_EQ(*datum, expected);
  const absl::StatusOr<T> back = FromDatum<T>(*datum);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, value);
}

TEST(ConvertTest, ValuesSurviveARoundTrip) {
  ExpectRoundTrip(true, true);
  ExpectRoundTrip(std::int8_t{-7}, -7);
  ExpectRoundTrip(std::numeric_limits<std::uint64_t>::max(), BigInteger{"18446744073709551615"});
  ExpectRoundTrip(BigInteger{"-99999999999999999999"}, BigInteger{"-99999999999999999999"});
  ExpectRoundTrip(0.5f, 0.5);
  ExpectRoundTrip(std::complex<double>(1, 2), std::complex<double>(1, 2));
  ExpectRoundTrip(std::string("text"), "text");
  ExpectRoundTrip(Bytes{"\xff"}, Bytes{"\xff"});
  ExpectRoundTrip(SharedBytes(std::string("\xff")), Bytes{"\xff"});
  ExpectRoundTrip(None{}, None{});
  ExpectRoundTrip(std::optional<int>(), None{});
  ExpectRoundTrip(std::optional<int>(3), 3);
  ExpectRoundTrip(std::vector<bool>{true, false}, List{true, false});
  ExpectRoundTrip(std::map<std::string, int>{{"b", 1}, {"a", 2}}, Object{{"a", 2}, {"b", 1}});
  ExpectRoundTrip(std::pair<int, std::string>(1, "x"), List{1, "x"});
  ExpectRoundTrip(std::tuple<int, std::vector<int>, double>(1, {2}, 3), List{1, List{2}, 3.0});
}

TEST(ConvertTest, DescribedStructsAreObjectsInFieldOrder) {
  ExpectRoundTrip(test::Person{"Ada", 36, {{{"x", 1}}}},
                  Object{{"name", "Ada"}, {"age", 36}, {"scores", List{Object{{"x", 1}}}}});
}

TEST(ConvertTest, OptionalFieldsMayBeAbsent) {
  EXPECT_EQ(FromDatum<test::Person>(Object{{"name", "Bob"}, {"scores", List{}}})->age,
            std::nullopt);
}

TEST(ConvertTest, IntegersAreAcceptedWhereFloatsAreWanted) {
  EXPECT_EQ(*FromDatum<double>(3), 3.0);
  EXPECT_EQ(*FromDatum<double>(BigInteger{"100000000000000000000"}), 1e20);
  EXPECT_EQ(*FromDatum<std::complex<double>>(2.5), std::complex<double>(2.5));
  EXPECT_EQ(ErrorOf<int>(3.0), "expected int, found float");
  EXPECT_EQ(ErrorOf<int>(true), "expected int, found bool");
}

TEST(ConvertTest, NumbersMustFit) {
  EXPECT_EQ(ErrorOf<std::uint8_t>(300), "expected a number from 0 to 255, found 300");
  EXPECT_EQ(ErrorOf<std::uint64_t>(-1),
            "expected a number from 0 to 18446744073709551615, found -1");
  EXPECT_THAT(ErrorOf<std::int64_t>(BigInteger{"9223372036854775808"}),
              HasSubstr("found 9223372036854775808"));
  EXPECT_THAT(ErrorOf<float>(1e300), HasSubstr("found 1e+300"));
  EXPECT_EQ(*FromDatum<float>(std::numeric_limits<double>::infinity()),
            std::numeric_limits<float>::infinity());
}

TEST(ConvertTest, ErrorsSayWhereInTheValue) {
  EXPECT_EQ(ErrorOf<test::Person>(Object{{"name", 1}, {"scores", List{}}}),
            "field name: expected str, found int");
  EXPECT_EQ(
      ErrorOf<test::Person>(Object{{"name", "A"}, {"scores", List{Object{}, Object{{"x", "y"}}}}}),
      "field scores[1].x: expected int, found str");
  EXPECT_EQ(ErrorOf<std::vector<int>>(List{1, "x"}), "element [1]: expected int, found str");
  EXPECT_EQ(ErrorOf<std::vector<int>>("x"), "expected list[int], found str");
}

TEST(ConvertTest, StructsTakeExactlyTheirFields) {
  EXPECT_EQ(ErrorOf<test::Person>(Object{{"scores", List{}}}), "field name: is missing");
  EXPECT_EQ(ErrorOf<test::Person>(Object{{"name", "A"}, {"scores", List{}}, {"aeg", 3}}),
            "Person has no field \"aeg\"; its fields are name, age, scores");
}

TEST(ConvertTest, TuplesHaveTheirLength) {
  EXPECT_EQ((ErrorOf<std::pair<int, int>>(List{1, 2, 3})), "expected a list of 2, found one of 3");
  EXPECT_EQ((ErrorOf<std::pair<int, int>>(List{1, "x"})), "element [1]: expected int, found str");
}

TEST(ConvertTest, VariantsPreferTheExactKind) {
  using Number = std::variant<double, int>;
  EXPECT_THAT(*FromDatum<Number>(3), VariantWith<int>(3));
  EXPECT_THAT(*FromDatum<Number>(3.5), VariantWith<double>(3.5));

  using Shape = std::variant<int, std::vector<int>>;
  EXPECT_THAT(*FromDatum<Shape>(List{5, 10}), VariantWith<std::vector<int>>(std::vector{5, 10}));
  EXPECT_EQ(ErrorOf<Shape>("x"), "expected int | list[int], found str");
  EXPECT_EQ(ErrorOf<Shape>(List{5, "x"}), "element [1]: expected int, found str");
}

TEST(ConvertTest, VariantsTakeAnotherKindIfNoneIsExact) {
  using Choice = std::variant<std::string, double>;
  EXPECT_THAT(*FromDatum<Choice>(3), VariantWith<double>(3.0));
}

TEST(ConvertTest, TextMustBeUtf8) {
  EXPECT_EQ(ToDatum(std::string("\xff")).status().message(),
            "a str is not valid UTF-8; raw data is Bytes");
}

TEST(ConvertTest, BigIntegersAreNormalised) {
  EXPECT_EQ(*ToDatum(BigInteger{"5"}), Datum(5));
  EXPECT_EQ(ToDatum(BigInteger{"007"}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FromDatum<BigInteger>(5)->digits, "5");
}

TEST(ConvertTest, BytesCodecsBecomeBytesInsideStructs) {
  const CodecSet codecs = With(test::BytesArrayCodec());
  const test::PointedArray value{{{65, 66}}, 1};

  EXPECT_EQ(*ToDatum(value, codecs), Datum(Object{{"a", Bytes{"AB"}}, {"p", 1}}));
  EXPECT_EQ(*FromDatum<test::PointedArray>(*ToDatum(value, codecs), codecs), value);
}

TEST(ConvertTest, JsonCodecsAreInlineInsideStructs) {
  const CodecSet codecs = With(test::JsonArrayCodec());
  const test::PointedArray value{{{65, 66}}, 1};

  EXPECT_EQ(*ToDatum(value, codecs), Datum(Object{{"a", List{65.0, 66.0}}, {"p", 1}}));
  EXPECT_EQ(*FromDatum<test::PointedArray>(*ToDatum(value, codecs), codecs), value);
}

TEST(ConvertTest, OpaqueTypesNeedACodec) {
  EXPECT_EQ(ToDatum(test::PointedArray()).status().message(),
            "field a: numpy.ndarray has no serializer here; attach a codec for it");
  EXPECT_EQ(ErrorOf<test::PointedArray>(Object{{"a", List{}}, {"p", 1}}),
            "field a: numpy.ndarray has no serializer here; attach a codec for it");
}

TEST(ConvertTest, CodecErrorsSayWhere) {
  const CodecSet codecs = With(test::BytesArrayCodec());

  EXPECT_EQ(ErrorOf<test::PointedArray>(Object{{"a", List{}}, {"p", 1}}, codecs),
            "field a: expected the application/x-test-array bytes of a numpy.ndarray, found list");
  EXPECT_EQ(ErrorOf<test::PointedArray>(Object{{"a", Bytes{"bad"}}, {"p", 1}}, codecs),
            "field a: the deserializer of numpy.ndarray failed: bad bytes");
}

}  // namespace
}  // namespace orrery::graph
