#include "graph/builtins/elements.h"

#include <memory>

#include "graph/json.h"
#include "graph/limits.h"
#include "graph/native/encode.h"
#include "graph/value_codec.h"
#include "tests/unit/graph/native/sample_types.h"
#include "tests/unit/graph/random_datum.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ValuePtr Shared(Value value) { return std::make_shared<const Value>(std::move(value)); }

absl::StatusOr<Value> FoldList(const std::vector<ValuePtr>& elements) {
  ListFold fold;
  for (const ValuePtr& element : elements) {
    if (absl::Status status = fold.Add(element.get()); !status.ok()) return status;
  }
  return std::move(fold).Finish();
}

std::vector<ValuePtr> SharedAll(std::vector<Value> values) {
  std::vector<ValuePtr> pointers;
  for (Value& value : values) pointers.push_back(Shared(std::move(value)));
  return pointers;
}

std::vector<Value> Unfolded(const Value& list) {
  std::vector<Value> elements;
  const absl::Status status =
      UnfoldList(list, [&](const Value& element) { elements.push_back(element); });
  EXPECT_TRUE(status.ok()) << status;
  return elements;
}

Value Folded(std::vector<Value> elements) {
  absl::StatusOr<Value> list = FoldList(SharedAll(std::move(elements)));
  EXPECT_TRUE(list.ok()) << list.status();
  return std::move(list).value_or(Value());
}

std::string UnfoldError(const Value& value) {
  return std::string(UnfoldList(value, [](const Value&) {}).message());
}

TEST(ElementsTest, UnfoldedElementsKeepTheirText) {
  EXPECT_THAT(
      Unfolded(JsonValue(R"([1,"é", [ 2 ],{"a": null}])", "list[int | str]")),
      ElementsAre(JsonValue("1", "int | str"), JsonValue("\"é\"", "int | str"),
                  JsonValue("[ 2 ]", "int | str"), JsonValue(R"({"a": null})", "int | str")));
  EXPECT_THAT(Unfolded(JsonValue("[]")), IsEmpty());
  EXPECT_THAT(Unfolded(JsonValue("[1]")), ElementsAre(JsonValue("1")));
}

TEST(ElementsTest, BytesAreUnfoldedAsBytes) {
  const Value list = EncodeValue(List{Bytes{"\xff"}, Bytes{""}, 1, List{Bytes{"x"}}});

  EXPECT_THAT(Unfolded(list),
              ElementsAre(BytesValue("\xff"), BytesValue(""), JsonValue("1"),
                          JsonValue(R"([{"__tkr_bytes__": true, "bytes": "eA=="}])")));
  EXPECT_EQ(Unfolded(JsonValue(R"([{"\u0062ytes":"eA==", "__tkr\u005fbytes__":true}])"))[0].bytes(),
            "x");
}

TEST(ElementsTest, UnfoldRefusesWhatIsNoList) {
  EXPECT_EQ(UnfoldError(JsonValue("\"abc\"")),
            "unfold_values: argument value is str, it needs a list");
  EXPECT_THAT(UnfoldError(JsonValue("{}")), HasSubstr("is object"));
  EXPECT_THAT(UnfoldError(BytesValue("[1]")), HasSubstr("application/octet-stream"));
  EXPECT_THAT(UnfoldError(JsonValue("[1, 2")), HasSubstr("line 1 column 6"));
  EXPECT_THAT(UnfoldError(JsonValue("")), HasSubstr("end of the text"));
  EXPECT_THAT(UnfoldError(Value{BlobRef{}, std::string(kMediaTypeJson), ""}), HasSubstr("blob"));
  EXPECT_THAT(UnfoldError(JsonValue(R"([1, {"__tkr_bytes__": true, "bytes": "?"}])")),
              HasSubstr("element 1"));
}

TEST(ElementsTest, FoldedElementsAreCopiedAsTheyAre) {
  EXPECT_EQ(Folded({}), JsonValue("[]"));
  EXPECT_EQ(Folded({JsonValue("1", "int"), JsonValue("2", "int")}),
            JsonValue("[1, 2]", "list[int]"));
  EXPECT_EQ(Folded({JsonValue("[1,2]"), JsonValue("\"\\u00e9\"", "str")}),
            JsonValue("[[1,2], \"\\u00e9\"]"));
  EXPECT_EQ(Folded({BytesValue("x")}),
            JsonValue(R"([{"__tkr_bytes__": true, "bytes": "eA=="}])", "list[bytes]"));
}

TEST(ElementsTest, FoldNamesTheElementItCannotTake) {
  const auto error = [](const std::vector<ValuePtr>& elements) {
    return std::string(FoldList(elements).status().message());
  };
  const ValuePtr one = Shared(JsonValue("1"));

  EXPECT_EQ(error({one, nullptr}), "fold_values: element 1: is absent");
  EXPECT_THAT(error({Shared({BlobRef{}, "application/json", ""})}),
              HasSubstr("element 0: is a blob"));
  EXPECT_THAT(error({one, one, Shared(JsonValue("1, 2"))}),
              HasSubstr("element 2: line 1 column 2"));
  EXPECT_THAT(error({Shared(JsonValue(std::string(512, '[') + std::string(512, ']')))}),
              HasSubstr("limit json_depth"));
}

TEST(ElementsTest, TooLongListsAreRefusedBeforeTheyAreMade) {
  const ValuePtr half = Shared(BytesValue(std::string(kLimits.json_bytes.max / 2, 'x')));

  const absl::StatusOr<Value> list = FoldList(std::vector<ValuePtr>{half, half});

  EXPECT_EQ(list.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(list.status().message()), HasSubstr("first 2 elements"));
}

TEST(ElementsTest, FoldIsTheInverseOfUnfold) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    DatumGenerator generator(seed);
    List list;
    for (std::uint64_t i = seed % 6; i > 0; --i) list.push_back(generator.Next());
    const Value value = EncodeValue(list);

    const std::vector<Value> elements = Unfolded(value);

    ASSERT_EQ(elements.size(), list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      EXPECT_EQ(DecodeValue(elements[i]).value(), list[i]);
      EXPECT_EQ(elements[i], EncodeValue(list[i]));
    }
    EXPECT_EQ(Folded(elements).bytes(), value.bytes());
  }
}

TEST(ElementsTest, WhatAWorkerWritesIntoAListItReadsOutOfAnElement) {
  const CodecSet codecs = With(test::BytesArrayCodec());
  const std::vector<test::Array> arrays = {{{65, 66}}, {{67}}};

  const std::vector<Value> elements = Unfolded(EncodeNative(arrays, codecs).value());

  ASSERT_EQ(elements.size(), 2);
  EXPECT_EQ(elements[1], (Value{"C", /*media_type=*/"", "numpy.ndarray"}));
  EXPECT_EQ(DecodeNative<test::Array>(elements[1], codecs).value(), arrays[1]);
}

TEST(ElementsTest, WhatAWorkerWritesAsElementsItReadsAsAList) {
  const CodecSet codecs = With(test::BytesArrayCodec());
  const std::vector<test::Array> arrays = {{{65, 66}}, {{67}}};
  const Value first = EncodeNative(arrays[0], codecs).value();
  const Value second = EncodeNative(arrays[1], codecs).value();
  ASSERT_EQ(first.media_type, "application/x-test-array");

  const Value list = Folded({first, second});

  EXPECT_EQ(list, EncodeNative(arrays, codecs).value());
  EXPECT_EQ(DecodeNative<std::vector<test::Array>>(list, codecs).value(), arrays);
  EXPECT_EQ(Folded(Unfolded(list)), list);
}

}  // namespace
}  // namespace orrery::graph
