#include "client/cpp/constant.h"

#include <complex>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "boost/describe/class.hpp"
#include "client/cpp/builder.h"
#include "gmock/gmock.h"
#include "graph/graph_data.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/families.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client {

struct Point {
  double x = 0;
  std::optional<std::string> label;
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, label))

// Known to graphs by name only; a codec writes it.
struct Signal {
  std::string samples;
};

struct Measured {
  Signal signal;
  std::int64_t channel = 0;
};
BOOST_DESCRIBE_STRUCT(Measured, (), (signal, channel))

}  // namespace orrery::client

template <>
struct orrery::graph::NativeTraits<orrery::client::Signal> {
  static constexpr std::string_view kOpaqueName = "demo.Signal";
  static Type type() { return OpaqueType(std::string(kOpaqueName)); }
};

namespace orrery::client {
namespace {

using ::testing::HasSubstr;

graph::CodecSet SignalCodec() {
  graph::CodecSet codecs;
  codecs.Set(graph::ValueCodec<Signal>{
      .media_type = "application/x-signal",
      .to_bytes = [](const Signal& signal) -> absl::StatusOr<std::string> {
        return signal.samples;
      },
      .from_bytes = [](std::string_view bytes) -> absl::StatusOr<Signal> {
        return Signal{std::string(bytes)};
      }});
  return codecs;
}

// The value of the one constant of a graph.
template <class T>
graph::Value ValueOf(const T& constant, const graph::CodecSet& codecs = graph::NoCodecs()) {
  GraphBuilder g("demo");
  g.Const(constant, codecs);
  const absl::StatusOr<graph::Graph> graph = std::move(g).Build();
  EXPECT_TRUE(graph.ok()) << graph.status();
  return graph.ok() ? std::get<graph::ConstNode>(graph->nodes[0].kind).value : graph::Value();
}

template <class T>
std::string JsonOf(const T& constant) {
  const graph::Value value = ValueOf(constant);
  EXPECT_EQ(value.media_type, graph::kMediaTypeJson);
  return std::string(value.bytes());
}

TEST(ConstantTest, NumbersAreWrittenWithoutLoss) {
  EXPECT_EQ(JsonOf(5), "5");
  EXPECT_EQ(JsonOf(UINT64_MAX), "18446744073709551615");
  EXPECT_EQ(JsonOf(graph::BigInteger{"1208925819614629174706176"}), "1208925819614629174706176");
  EXPECT_EQ(JsonOf(0.1), "0.1");
  EXPECT_EQ(JsonOf(1e22), "1e+22");
  EXPECT_EQ(JsonOf(std::complex<double>(1, -2)), R"({"__tkr_complex__": [1.0, -2.0]})");
}

TEST(ConstantTest, TruthTextAndNothingAreJson) {
  EXPECT_EQ(JsonOf(true), "true");
  EXPECT_EQ(JsonOf("h\u00e9"), R"("h\u00e9")");
  EXPECT_EQ(JsonOf(std::string("a")), R"("a")");
  EXPECT_EQ(JsonOf(graph::None()), "null");
  EXPECT_EQ(JsonOf(std::optional<std::int64_t>()), "null");
  EXPECT_EQ(JsonOf(std::optional<std::int64_t>(3)), "3");
}

TEST(ConstantTest, BytesStayAsTheyAre) {
  const graph::Value value = ValueOf(graph::Bytes{std::string("\x00\xff", 2)});

  EXPECT_EQ(value.media_type, graph::kMediaTypeBytes);
  EXPECT_EQ(value.bytes(), std::string("\x00\xff", 2));
}

TEST(ConstantTest, ContainersAreJson) {
  EXPECT_EQ(JsonOf(std::vector<double>{1, 2.5}), "[1.0, 2.5]");
  EXPECT_EQ(JsonOf(std::map<std::string, bool>{{"a", true}}), R"({"a": true})");
  EXPECT_EQ(JsonOf(std::tuple(1, "x", graph::Bytes{"b"})),
            R"([1, "x", {"__tkr_bytes__": true, "bytes": "Yg=="}])");
  EXPECT_EQ(JsonOf(std::variant<std::int64_t, std::string>("x")), R"("x")");
  EXPECT_EQ(JsonOf(Point{.x = 1, .label = "a"}), R"({"x": 1.0, "label": "a"})");
}

TEST(ConstantTest, SerializerGivesAnOpaqueTypeItsBytesAndMediaType) {
  const graph::Value value = ValueOf(Signal{"0110"}, SignalCodec());

  EXPECT_EQ(value.media_type, "application/x-signal");
  EXPECT_EQ(value.type_name, "demo.Signal");
  EXPECT_EQ(value.bytes(), "0110");
}

TEST(ConstantTest, SerializerWorksInsideAStruct) {
  const graph::Value value = ValueOf(Measured{.signal = {"0110"}, .channel = 2}, SignalCodec());

  EXPECT_EQ(value.bytes(),
            R"({"signal": {"__tkr_bytes__": true, "bytes": "MDExMA=="}, "channel": 2})");
}

TEST(ConstantTest, OpaqueTypeWithoutASerializerFailsTheBuild) {
  GraphBuilder g("demo");

  g.Output("signal", g.Const(Signal{"0110"}));

  EXPECT_THAT(std::move(g).Build().status().ToString(), HasSubstr("demo.Signal"));
}

TEST(ConstantTest, WholeGraphIsAValue) {
  const absl::StatusOr<demo::Sum> sum = demo::DefineSum();
  ASSERT_TRUE(sum.ok()) << sum.status();

  const graph::Value value = ValueOf(*sum);

  EXPECT_EQ(value.type_name, "graph");
  const absl::StatusOr<graph::Graph> again = graph::ParseGraphData(value.bytes());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, sum->graph());
}

TEST(ConstantTest, CountsAsTheTypeThatGraphsHaveForIt) {
  GraphBuilder g("demo");

  EXPECT_TRUE((std::same_as<decltype(g.Const(5)), Port<std::int64_t>>));
  EXPECT_TRUE((std::same_as<decltype(g.Const(std::int16_t{5})), Port<std::int64_t>>));
  EXPECT_TRUE((std::same_as<decltype(g.Const(1.5F)), Port<double>>));
  EXPECT_TRUE((std::same_as<decltype(g.Const("a")), Port<std::string>>));
  EXPECT_TRUE((std::same_as<decltype(g.Const(true)), Port<bool>>));
}

}  // namespace
}  // namespace orrery::client
