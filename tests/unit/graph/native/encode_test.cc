#include "graph/native/encode.h"

#include <optional>
#include <string>
#include <utility>

#include "tests/unit/graph/native/sample_types.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::VariantWith;

const test::Array kArray{{65, 66}};

template <class T>
std::string ErrorOf(const Value& value, const CodecSet& codecs = NoCodecs()) {
  const absl::StatusOr<T> decoded = DecodeNative<T>(value, codecs);
  return decoded.ok() ? "no error" : std::string(decoded.status().message());
}

TEST(EncodeTest, PlainValuesAreJson) {
  EXPECT_EQ(*EncodeNative(std::vector<double>{1, 0.5}), JsonValue("[1.0, 0.5]", "list[float]"));
  EXPECT_EQ(*DecodeNative<std::vector<double>>(JsonValue("[1, 0.5]")),
            (std::vector<double>{1, 0.5}));
}

TEST(EncodeTest, TopLevelBytesAreAsTheyAre) {
  EXPECT_EQ(*EncodeNative(Bytes{"\xff"}), BytesValue("\xff"));
  EXPECT_EQ(*DecodeNative<Bytes>(BytesValue("\xff")), Bytes{"\xff"});
}

TEST(EncodeTest, BytesThatAreGivenAwayAreNotCopied) {
  Bytes bytes{std::string(1000, 'x')};
  const char* const data = bytes.data.data();

  const absl::StatusOr<Value> value = EncodeNative(std::move(bytes));

  EXPECT_EQ(value->bytes().data(), data);
}

TEST(EncodeTest, BytesInAnOptionalThatIsGivenAwayAreNotCopied) {
  std::optional<Bytes> bytes(Bytes{std::string(1000, 'x')});
  const char* const data = bytes->data.data();

  const absl::StatusOr<Value> value = EncodeNative(std::move(bytes));

  EXPECT_EQ(value->bytes().data(), data);
}

TEST(EncodeTest, SharedBytesAreNeverCopied) {
  const SharedBytes bytes(std::string(1000, 'x'));

  const absl::StatusOr<Value> value = EncodeNative(bytes);

  EXPECT_EQ(*value, BytesValue(std::string(1000, 'x')));
  EXPECT_EQ(value->bytes().data(), bytes.data());
  EXPECT_EQ(DecodeNative<SharedBytes>(*value)->data(), bytes.data());
  EXPECT_EQ(DecodeNative<std::optional<SharedBytes>>(*value)->value().data(), bytes.data());
}

TEST(EncodeTest, SharedBytesReadWhatBytesRead) {
  const Value json = JsonValue(R"({"__tkr_bytes__": true, "bytes": "QUI="})");

  EXPECT_EQ(*DecodeNative<SharedBytes>(BytesValue("own")), SharedBytes(std::string("own")));
  EXPECT_EQ(*DecodeNative<SharedBytes>(json), SharedBytes(std::string("AB")));
  EXPECT_EQ(*DecodeNative<SharedBytes>({"raw", "", ""}), SharedBytes(std::string("raw")));
  EXPECT_EQ(ErrorOf<SharedBytes>(JsonValue("1")), ErrorOf<Bytes>(JsonValue("1")));
}

TEST(EncodeTest, TextIsJsonAndMustBeUtf8) {
  EXPECT_EQ(*EncodeNative(std::string("a\"b\n\u00e9")), JsonValue(R"("a\"b\n\u00e9")", "str"));
  EXPECT_EQ(*DecodeNative<std::string>(JsonValue(R"("a\"b")")), "a\"b");
  EXPECT_EQ(ErrorOf<std::string>(JsonValue("1")), "expected str, found int");
  EXPECT_EQ(EncodeNative(std::string("\xff")).status().message(),
            "a str is not valid UTF-8; raw data is Bytes");
}

TEST(EncodeTest, ABytesCodecWritesItsMediaType) {
  const CodecSet codecs = With(test::BytesArrayCodec());

  const absl::StatusOr<Value> value = EncodeNative(kArray, codecs);

  EXPECT_EQ(*value, (Value{"AB", "application/x-test-array", "numpy.ndarray"}));
  EXPECT_EQ(*DecodeNative<test::Array>(*value, codecs), kArray);
}

TEST(EncodeTest, AJsonCodecWritesJson) {
  const CodecSet codecs = With(test::JsonArrayCodec());

  const absl::StatusOr<Value> value = EncodeNative(kArray, codecs);

  EXPECT_EQ(*value, JsonValue("[65.0, 66.0]", "numpy.ndarray"));
  EXPECT_EQ(*DecodeNative<test::Array>(*value, codecs), kArray);
}

TEST(EncodeTest, InsideAStructABytesCodecIsMarked) {
  EXPECT_EQ(EncodeNative(test::PointedArray{kArray, 1}, With(test::BytesArrayCodec()))->bytes(),
            R"({"a": {"__tkr_bytes__": true, "bytes": "QUI="}, "p": 1})");
  EXPECT_EQ(EncodeNative(test::PointedArray{kArray, 1}, With(test::JsonArrayCodec()))->bytes(),
            R"({"a": [65.0, 66.0], "p": 1})");
}

TEST(EncodeTest, TheWrongMediaTypeIsRefusedByName) {
  EXPECT_EQ(ErrorOf<test::Array>(JsonValue("[1]"), With(test::BytesArrayCodec())),
            "value is application/json, the deserializer of numpy.ndarray reads "
            "application/x-test-array");
  EXPECT_EQ(ErrorOf<int>({"x", "application/x-npy", ""}),
            "value is application/x-npy, which only a deserializer for it can read");
}

TEST(EncodeTest, ACodecMayReadFurtherMediaTypes) {
  ValueCodec<test::Array> codec = test::BytesArrayCodec();
  codec.from_json = test::JsonArrayCodec().from_json;
  codec.also_reads = {"application/json", "application/x-old"};
  const CodecSet codecs = With(codec);

  EXPECT_EQ(*DecodeNative<test::Array>(JsonValue("[65, 66]"), codecs), kArray);
  EXPECT_EQ(*DecodeNative<test::Array>({"AB", "application/x-old", ""}, codecs), kArray);
  EXPECT_EQ(*DecodeNative<test::Array>({"AB", "", ""}, codecs), kArray);
}

TEST(EncodeTest, OptionalsAndVariantsAreWrittenAsWhatTheyHold) {
  using Choice = std::variant<int, test::Array>;
  const CodecSet codecs = With(test::BytesArrayCodec());

  EXPECT_EQ(EncodeNative(std::optional(kArray), codecs)->media_type, "application/x-test-array");
  EXPECT_EQ(EncodeNative(std::optional<test::Array>(), codecs)->bytes(), "null");
  EXPECT_EQ(*DecodeNative<std::optional<test::Array>>(JsonValue("null"), codecs), std::nullopt);
  const Value array = *EncodeNative(Choice(kArray), codecs);
  EXPECT_THAT(*DecodeNative<Choice>(array, codecs), VariantWith<test::Array>(kArray));
  EXPECT_THAT(*DecodeNative<Choice>(JsonValue("5"), codecs), VariantWith<int>(5));
  EXPECT_EQ(DecodeNative<Choice>({"bad", array.media_type, ""}, codecs).status().message(),
            "the deserializer of numpy.ndarray failed: bad bytes");
}

}  // namespace
}  // namespace orrery::graph
