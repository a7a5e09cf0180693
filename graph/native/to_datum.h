// From C++ values to decoded data.
//
// Threading: functions without state.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "boost/mp11/algorithm.hpp"
#include "graph/datum.h"
#include "graph/native/codec_set.h"
#include "graph/native/conversion_path.h"
#include "graph/native/inner_codec.h"
#include "graph/native/native_kind.h"
#include "graph/native/number.h"
#include "graph/native/type_of.h"
#include "graph/utf8.h"

namespace orrery::graph {
namespace internal {

class DatumWriter {
 public:
  explicit DatumWriter(const CodecSet& codecs) : codecs_(codecs) {}

  template <class T>
  absl::StatusOr<Datum> Write(const T& value) {
    if constexpr (std::is_class_v<T>) {
      if (const ValueCodec<T>* codec = codecs_.Find<T>()) return EncodeInside(value, *codec, path_);
    }
    constexpr NativeKind kKind = kNativeKind<T>;
    static_assert(kKind != NativeKind::kUnsupported, "this C++ type has no graph type");
    if constexpr (kKind == NativeKind::kCustom) return path_.NoCodec(TypeOf<T>());
    if constexpr (kKind == NativeKind::kNone) return Datum();
    if constexpr (kKind == NativeKind::kFloat) return Datum(static_cast<double>(value));
    if constexpr (kKind == NativeKind::kComplex) return Datum(std::complex<double>(value));
    if constexpr (kKind == NativeKind::kBigInteger) return WriteBigInteger(value, path_);
    if constexpr (kKind == NativeKind::kText) return WriteText(value);
    if constexpr (kKind == NativeKind::kOptional) return WriteOptional(value);
    if constexpr (kKind == NativeKind::kList) return WriteList(value);
    if constexpr (kKind == NativeKind::kMap) return WriteMap(value);
    if constexpr (kKind == NativeKind::kTuple) return WriteTuple(value);
    if constexpr (kKind == NativeKind::kVariant) {
      return std::visit([this](const auto& each) { return this->Write(each); }, value);
    }
    if constexpr (kKind == NativeKind::kStruct) return WriteStruct(value);
    if constexpr (std::same_as<T, SharedBytes>) return Datum(Bytes{std::string(value.view())});
    if constexpr (kKind == NativeKind::kDatum || kKind == NativeKind::kBool ||
                  kKind == NativeKind::kInteger || std::same_as<T, Bytes>) {
      return Datum(value);
    }
  }

 private:
  absl::StatusOr<Datum> WriteText(std::string_view text) {
    if (!IsValidUtf8(text)) return path_.Error("a str is not valid UTF-8; raw data is Bytes");
    return Datum(text);
  }

  template <class T>
  absl::StatusOr<Datum> WriteOptional(const std::optional<T>& value) {
    return value.has_value() ? Write(*value) : Datum();
  }

  template <class T>
  absl::StatusOr<Datum> WriteList(const T& values) {
    List list;
    list.reserve(values.size());
    for (const typename T::value_type& value : values) {
      const ConversionPath::Step step(path_, list.size());
      ASSIGN_OR_RETURN(list.emplace_back(), Write(value));
    }
    return Datum(std::move(list));
  }

  template <class T>
  absl::StatusOr<Datum> WriteMap(const T& values) {
    Object object;
    for (const auto& [name, value] : values) {
      const ConversionPath::Step step(path_, name);
      if (!IsValidUtf8(name)) return path_.Error("a key is not valid UTF-8");
      ASSIGN_OR_RETURN(Datum datum, Write(value));
      object.emplace_back(name, std::move(datum));
    }
    return Datum(std::move(object));
  }

  template <class T>
  absl::StatusOr<Datum> WriteTuple(const T& values) {
    List list;
    absl::Status status;
    std::apply([&](const auto&... value) { (Append(value, list, status), ...); }, values);
    if (!status.ok()) return status;
    return Datum(std::move(list));
  }

  template <class T>
  void Append(const T& value, List& list, absl::Status& status) {
    if (!status.ok()) return;
    const ConversionPath::Step step(path_, list.size());
    absl::StatusOr<Datum> datum = Write(value);
    status = datum.status();
    if (datum.ok()) list.push_back(*std::move(datum));
  }

  template <class T>
  absl::StatusOr<Datum> WriteStruct(const T& value) {
    Object object;
    absl::Status status;
    boost::mp11::mp_for_each<DescribedFields<T>>([&](auto field) {
      if (!status.ok()) return;
      const ConversionPath::Step step(path_, std::string_view(field.name));
      absl::StatusOr<Datum> datum = Write(value.*field.pointer);
      status = datum.status();
      if (datum.ok()) object.emplace_back(field.name, *std::move(datum));
    });
    if (!status.ok()) return status;
    return Datum(std::move(object));
  }

  const CodecSet& codecs_;
  ConversionPath path_;
};

}  // namespace internal

// kInvalidArgument says where in the value: text that is not UTF-8, an opaque type without a codec,
// a serializer that failed.
template <class T>
absl::StatusOr<Datum> ToDatum(const T& value, const CodecSet& codecs = NoCodecs()) {
  return internal::DatumWriter(codecs).Write(value);
}

}  // namespace orrery::graph
