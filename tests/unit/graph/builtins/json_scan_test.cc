#include "graph/builtins/json_scan.h"

#include <fstream>

#include "graph/json.h"
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

std::vector<std::string_view> Scanned(std::string_view text) {
  const auto elements = ScanJsonList(text);
  EXPECT_TRUE(elements.ok()) << elements.status();
  return elements.value_or(std::vector<std::string_view>());
}

// What the reader says about the objects that stand for something is not the scanner's business.
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
  const std::size_t depth_max = kLimits.json_depth_max;

  EXPECT_TRUE(ScanJsonValue(nested(depth_max)).ok());
  EXPECT_TRUE(ScanJsonList(nested(depth_max)).ok());
  EXPECT_EQ(ScanJsonList(nested(depth_max + 1)).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(ScanJsonValue(nested(depth_max - 1), 1).ok());
  EXPECT_EQ(ScanJsonValue(nested(depth_max), 1).code(), absl::StatusCode::kResourceExhausted);
}

TEST(JsonScanTest, DigitsAreLimitedAsByTheReader) {
  const std::string digits(kLimits.integer_digits_max, '7');
  for (const std::string& text : {digits, "-" + digits, digits + "7", "-7" + digits}) {
    EXPECT_EQ(ScanJsonValue(text), ParseJson(text).status()) << text.size();
  }
  EXPECT_TRUE(ScanJsonValue("-" + digits).ok());
}

TEST(JsonScanTest, ErrorsSayWhere) {
  EXPECT_THAT(std::string(ScanJsonList("[1, 2\n3]").status().message()),
              HasSubstr("line 2 column 1"));
}

}  // namespace
}  // namespace orrery::graph
