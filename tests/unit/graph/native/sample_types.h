// C++ types for the tests of graph/native: described structs and an array that needs a codec.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/describe/class.hpp"
#include "graph/native/codec_set.h"
#include "graph/native/convert.h"
#include "graph/native/native_kind.h"

namespace orrery::graph::test {

// Stands for an array of a library.
struct Array {
  std::vector<double> elements;
  friend bool operator==(const Array&, const Array&) = default;
};

struct PointedArray {
  Array a;
  std::int64_t p = 0;
  friend bool operator==(const PointedArray&, const PointedArray&) = default;
};
BOOST_DESCRIBE_STRUCT(PointedArray, (), (a, p))

struct Person {
  std::string name;
  std::optional<std::uint8_t> age;
  std::vector<std::map<std::string, int>> scores;
  friend bool operator==(const Person&, const Person&) = default;
};
BOOST_DESCRIBE_STRUCT(Person, (), (name, age, scores))

// One character per element.
inline ValueCodec<Array> BytesArrayCodec() {
  return {.media_type = "application/x-test-array",
          .method = CodecMethod::kBytes,
          .to_bytes = [](const Array& array) -> absl::StatusOr<std::string> {
            return std::string(array.elements.begin(), array.elements.end());
          },
          .from_bytes = [](std::string_view bytes) -> absl::StatusOr<Array> {
            if (bytes == "bad") return absl::DataLossError("bad bytes");
            return Array{{bytes.begin(), bytes.end()}};
          },
          .to_json = nullptr,
          .from_json = nullptr,
          .also_reads = {}};
}

inline ValueCodec<Array> JsonArrayCodec() {
  return {.media_type = "application/json",
          .method = CodecMethod::kJson,
          .to_bytes = nullptr,
          .from_bytes = nullptr,
          .to_json = [](const Array& array) { return ToDatum(array.elements); },
          .from_json = [](const Datum& datum) -> absl::StatusOr<Array> {
            ASSIGN_OR_RETURN(std::vector<double> elements, FromDatum<std::vector<double>>(datum));
            return Array{std::move(elements)};
          },
          .also_reads = {}};
}

inline CodecSet With(ValueCodec<Array> codec) {
  CodecSet codecs;
  codecs.Set(std::move(codec));
  return codecs;
}

}  // namespace orrery::graph::test

template <>
struct orrery::graph::NativeTraits<orrery::graph::test::Array> {
  static Type type() { return OpaqueType("numpy.ndarray"); }
};
