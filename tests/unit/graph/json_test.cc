#include "graph/json.h"

#include <fstream>
#include <limits>

#include "graph/limits.h"
#include "nlohmann/json.hpp"
#include "tests/unit/graph/random_datum.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kGoldenPath = "tests/golden/json/json.jsonl";

std::string ErrorOf(std::string_view text) {
  const absl::StatusOr<Datum> datum = ParseJson(text);
  return datum.ok() ? "no error" : std::string(datum.status().message());
}

Datum Parsed(std::string_view text) {
  absl::StatusOr<Datum> datum = ParseJson(text);
  EXPECT_TRUE(datum.ok()) << datum.status();
  return datum.value_or(Datum());
}

TEST(JsonTest, ReadsAndWritesWhatPythonReadsAndWrites) {
  std::ifstream golden(kGoldenPath);
  ASSERT_TRUE(golden.is_open());
  int line_count = 0;
  for (std::string line; std::getline(golden, line); ++line_count) {
    const auto expected = nlohmann::json::parse(line);
    const auto text = expected.at("text").get<std::string>();
    SCOPED_TRACE(line.substr(0, 200));

    const absl::StatusOr<Datum> datum = ParseJson(text);

    ASSERT_EQ(datum.ok(), !expected.contains("error")) << datum.status();
    if (!datum.ok()) continue;
    EXPECT_EQ(WriteJson(*datum), expected.at("written").get<std::string>());
  }
  EXPECT_GT(line_count, 250);
}

TEST(JsonTest, AgreesWithAnotherLibraryOnPlainJson) {
  const std::string text =
      R"({"a": [1, -2, 3.5, true, null], "b": {"c": "\u00e9\ud83d\ude00"}, "d": []})";

  const auto other = nlohmann::json::parse(WriteJson(Parsed(text)));

  EXPECT_EQ(other, nlohmann::json::parse(text));
}

TEST(JsonTest, RandomValuesSurviveARoundTrip) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    const Datum datum = DatumGenerator(seed).Next();

    EXPECT_EQ(Parsed(WriteJson(datum)), datum);
    EXPECT_EQ(Parsed(WriteJson(datum, JsonStyle::kCompact)), datum);
  }
}

TEST(JsonTest, RandomDamageNeverCrashesTheReader) {
  SeededRandom random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text = WriteJson(DatumGenerator(round).Next());
    text[random.Next() % text.size()] = static_cast<char>(random.Next());
    text.resize(random.Next() % (text.size() + 1));

    const absl::StatusOr<Datum> datum = ParseJson(text);

    if (!datum.ok()) continue;
    EXPECT_EQ(WriteJson(Parsed(WriteJson(*datum))), WriteJson(*datum));
  }
}

TEST(JsonTest, KeepsIntegersApartFromFloats) {
  EXPECT_TRUE(Parsed("1").Is<std::int64_t>());
  EXPECT_TRUE(Parsed("1.0").Is<double>());
  EXPECT_EQ(Parsed("-0"), Datum(0));
  EXPECT_EQ(Parsed("9223372036854775808"), Datum(BigInteger{"9223372036854775808"}));
}

TEST(JsonTest, FloatsBeyondADoubleAreReadAsPythonReadsThem) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<std::string, double>> cases = {
      {"1e400", infinity},
      {"-1e400", -infinity},
      {"1e-400", 0.0},
      {"0e400", 0.0},
      {"12.5e9223372036854775807", infinity},
      {"1e9223372036854775807", infinity},
      {"-0.25e-9223372036854775808", -0.0},
      {"0.0e9223372036854775807", 0.0},
      {"1e99999999999999999999", infinity},
      {"0e99999999999999999999", 0.0},
      {"0.5e-99999999999999999999", 0.0},
  };
  for (const auto& [text, value] : cases) {
    const absl::StatusOr<Datum> datum = ParseJson(text);
    ASSERT_TRUE(datum.ok()) << text << ": " << datum.status();
    EXPECT_EQ(WriteJson(*datum), WriteFloat(value)) << text;
  }
}

TEST(JsonTest, CompactStyleHasNoSpaces) {
  EXPECT_EQ(WriteJson(Parsed(R"({"a": [1, 2], "b": "x, y: z"})"), JsonStyle::kCompact),
            R"({"a":[1,2],"b":"x, y: z"})");
}

TEST(JsonTest, ReadableStyleIsIndentedAndKeepsUtf8) {
  const Datum datum = Object{{"a", List{1, Object{}}}, {"b", List{}}, {"c", "d\u00e9j\u00e0\n"}};

  EXPECT_EQ(WriteJson(datum, JsonStyle::kReadable),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": [],\n  \"c\": \"d\u00e9j\u00e0\\n\"\n}");
  EXPECT_EQ(WriteJson("\xed\xa0\x80\xff", JsonStyle::kReadable), R"("\ud800\udcff")");
}

TEST(JsonTest, MarkersBecomeBytesAndComplexNumbersAtAnyDepth) {
  const Datum datum =
      Parsed(R"([{"x": {"__tkr_bytes__": true, "bytes": "AP8="}}, {"__tkr_complex__": [1, 2.5]}])");

  EXPECT_EQ(datum, Datum(List{Object{{"x", Bytes{std::string("\0\xff", 2)}}},
                              std::complex<double>(1, 2.5)}));
}

TEST(JsonTest, MalformedMarkersAreRefused) {
  EXPECT_THAT(ErrorOf(R"({"__tkr_bytes__": true, "bytes": "AP8"})"), HasSubstr("not base64"));
  EXPECT_THAT(ErrorOf(R"({"__tkr_bytes__": true, "bytes": "A P8="})"), HasSubstr("not base64"));
  EXPECT_THAT(ErrorOf(R"({"__tkr_bytes__": true, "bytes": "AP9="})"), HasSubstr("not base64"));
  EXPECT_THAT(ErrorOf(R"({"__tkr_bytes__": true})"), HasSubstr("bytes, a str"));
  EXPECT_THAT(ErrorOf(R"({"__tkr_complex__": [1]})"), HasSubstr("two numbers"));
}

TEST(JsonTest, ErrorsNameLineAndColumn) {
  EXPECT_EQ(ErrorOf("[1,\n 2 x]"), "line 2 column 4: expected \",\" or \"]\", found \"x\"");
  EXPECT_EQ(ErrorOf("{\"\xc3\xa9\" 1}"),
            "line 1 column 6: expected \":\" after the key, found \"1\"");
  EXPECT_EQ(ErrorOf("[1,"), "line 1 column 4: expected a value, found the end of the text");
}

TEST(JsonTest, StringsMustBeUtf8) {
  EXPECT_THAT(ErrorOf("\"\xff\""), HasSubstr("not valid UTF-8"));
  EXPECT_THAT(ErrorOf("\"\xed\xa0\x80\""), HasSubstr("not valid UTF-8"));
  EXPECT_THAT(ErrorOf("\"\xc3\""), HasSubstr("not valid UTF-8"));
}

TEST(JsonTest, LoneSurrogatesAreKept) {
  const Datum datum = Parsed(R"("\ud800")");

  EXPECT_EQ(datum, Datum("\xed\xa0\x80"));
  EXPECT_EQ(WriteJson(datum), R"("\ud800")");
}

TEST(JsonTest, StrayBytesAreWrittenAsSurrogates) {
  EXPECT_EQ(WriteJson(Datum("a\xff")), R"("a\udcff")");
}

TEST(JsonTest, NestingIsLimited) {
  const std::size_t depth = kLimits.json_depth.max;

  EXPECT_TRUE(ParseJson(std::string(depth, '[') + std::string(depth, ']')).ok());
  EXPECT_EQ(ParseJson(std::string(depth + 1, '[')).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ParseJson(std::string(1'000'000, '[')).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(JsonTest, DigitsOfAnIntegerAreLimited) {
  const std::string digits(kLimits.integer_digits.max, '7');

  EXPECT_TRUE(ParseJson(digits).ok());
  EXPECT_TRUE(ParseJson("-" + digits).ok());
  EXPECT_EQ(ParseJson(digits + "7").status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(JsonTest, TextIsLimited) {
  EXPECT_EQ(ParseJson(std::string(kLimits.json_bytes.max + 1, ' ')).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(JsonTest, FloatsAreWrittenAsPythonWritesThem) {
  EXPECT_EQ(WriteFloat(1), "1.0");
  EXPECT_EQ(WriteFloat(-0.0), "-0.0");
  EXPECT_EQ(WriteFloat(0.0001), "0.0001");
  EXPECT_EQ(WriteFloat(0.00001), "1e-05");
  EXPECT_EQ(WriteFloat(1e15), "1000000000000000.0");
  EXPECT_EQ(WriteFloat(1e16), "1e+16");
  EXPECT_EQ(WriteFloat(123456.789), "123456.789");
  EXPECT_EQ(WriteFloat(std::numeric_limits<double>::infinity()), "Infinity");
  EXPECT_EQ(WriteFloat(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

std::vector<std::string_view> Scanned(std::string_view text) {
  const auto elements = ScanJsonList(text);
  EXPECT_TRUE(elements.ok()) << elements.status();
  return elements.value_or(std::vector<std::string_view>());
}

// The scanner does not look into the objects that stand for something.
bool IsAboutMarkers(const absl::Status& status) {
  return std::string(status.message()).find("__tkr_") != std::string::npos;
}

TEST(JsonScanTest, ElementsAreTheirVeryTexts) {
  EXPECT_THAT(Scanned("[]"), IsEmpty());
  EXPECT_THAT(Scanned(" [ ] "), IsEmpty());
  EXPECT_THAT(Scanned(R"([1,"a, ]\"" , [2, [3]] ,{"k": [1 , 2]},-1.50e+3])"),
              ElementsAre("1", R"("a, ]\"")", "[2, [3]]", R"({"k": [1 , 2]})", "-1.50e+3"));
  EXPECT_THAT(Scanned("\n[NaN, -Infinity,\tnull, true, false]"),
              ElementsAre("NaN", "-Infinity", "null", "true", "false"));
}

TEST(JsonScanTest, ElementsOfRandomListsReadAsTheListReads) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    DatumGenerator generator(seed);
    List list;
    for (int i = static_cast<int>(seed % 7); i > 0; --i) list.push_back(generator.Next());
    const auto style = seed % 2 == 0 ? JsonStyle::kPython : JsonStyle::kCompact;
    const std::string text = WriteJson(list, style);

    List read;
    for (const std::string_view element : Scanned(text)) {
      absl::StatusOr<Datum> datum = ParseJson(element);
      ASSERT_TRUE(datum.ok()) << datum.status();
      read.push_back(*std::move(datum));
    }

    EXPECT_EQ(read, list);
  }
}

TEST(JsonScanTest, AcceptsExactlyWhatTheReaderAccepts) {
  std::ifstream golden("tests/golden/json/json.jsonl");
  ASSERT_TRUE(golden.is_open());
  for (std::string line; std::getline(golden, line);) {
    SCOPED_TRACE(line.substr(0, 200));
    const auto text = nlohmann::json::parse(line).at("text").get<std::string>();

    const absl::Status read = ParseJson(text).status();

    if (IsAboutMarkers(read)) continue;
    EXPECT_EQ(ScanJsonValue(text), read);
    if (StartsJsonList(text)) {
      EXPECT_EQ(ScanJsonList(text).status(), read);
    }
  }
}

TEST(JsonScanTest, DamagedTextsAreRefusedAsTheReaderRefusesThem) {
  SeededRandom random(2);
  int refused_count = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = WriteJson(List{DatumGenerator(round).Next(), "plain text of some length"});
    text[random.Next() % text.size()] = static_cast<char>(random.Next());
    if (round % 3 == 0) text.erase(random.Next() % text.size(), 1);
    if (round % 5 == 0) text.resize(random.Next() % (text.size() + 1));
    const absl::Status read = ParseJson(text).status();
    if (IsAboutMarkers(read)) continue;
    refused_count += read.ok() ? 0 : 1;

    ASSERT_EQ(ScanJsonValue(text), read) << text;
    if (StartsJsonList(text)) {
      ASSERT_EQ(ScanJsonList(text).status(), read) << text;
    }
  }
  EXPECT_GT(refused_count, 1000);
}

TEST(JsonScanTest, EveryByteIsFoundAnywhereInAString) {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t place = 0; place < 20; ++place) {
      std::string text = '"' + std::string(20, 'a') + '"';
      text[place + 1] = static_cast<char>(byte);

      ASSERT_EQ(ScanJsonValue(text).ok(), ParseJson(text).ok()) << byte << " at " << place;
    }
  }
}

TEST(JsonScanTest, DepthIsLimitedAsByTheReader) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  const std::size_t depth_max = kLimits.json_depth.max;

  EXPECT_TRUE(ScanJsonValue(nested(depth_max)).ok());
  EXPECT_TRUE(ScanJsonList(nested(depth_max)).ok());
  EXPECT_EQ(ScanJsonList(nested(depth_max + 1)).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(ScanJsonValue(nested(depth_max - 1), 1).ok());
  EXPECT_EQ(ScanJsonValue(nested(depth_max), 1).code(), absl::StatusCode::kResourceExhausted);
}

TEST(JsonScanTest, DigitsAreLimitedAsByTheReader) {
  const std::string digits(kLimits.integer_digits.max, '7');
  for (const std::string& text : {digits, "-" + digits, digits + "7", "-7" + digits}) {
    EXPECT_EQ(ScanJsonValue(text), ParseJson(text).status()) << text.size();
  }
  EXPECT_TRUE(ScanJsonValue("-" + digits).ok());
}

TEST(JsonScanTest, ErrorsSayWhere) {
  EXPECT_THAT(std::string(ScanJsonList("[1, 2\n3]").status().message()),
              HasSubstr("line 2 column 1"));
}

TEST(ParseJsonInRangeTest, ANumberThatIsNoFloatIsRefusedWithItsPlace) {
  EXPECT_EQ(ParseJsonInRange("[1e5, -1e999]").status().message(),
            "line 1 column 13: the number -1e999 is too large for a float");
  EXPECT_EQ(ParseJsonInRange("[1e308, 1e-999, Infinity]")->As<List>()->size(), 3U);
}

TEST(WriteJsonTest, StandardStyleHasNoNumberOrTextThatJsonLacks) {
  const Datum datum = ParseJson("[NaN, -Infinity, 1.5, \"\\ud800\", \"\\ud83d\\ude00\"]").value();

  EXPECT_FALSE(IsStandardJson(datum));
  EXPECT_EQ(WriteJson(datum, JsonStyle::kStandard),
            "[null, null, 1.5, \"\\ufffd\", \"\\ud83d\\ude00\"]");
  EXPECT_TRUE(IsStandardJson(ParseJson("{\"a\": [1.5, \"é\", null]}").value()));
}

}  // namespace
}  // namespace orrery::graph
