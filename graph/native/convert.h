// Converts between C++ values and decoded data.
//
// FromDatum rejects data that it would have to change: integers must fit, a struct takes exactly
// its fields (those of optional type may be absent), and a float never becomes an integer. An int
// is accepted where a float is wanted.
//
// A codec applies inside a value, too: its bytes become Bytes, its JSON becomes part of the JSON
// around it.
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
#include "base/utf8.h"
#include "boost/mp11/algorithm.hpp"
#include "graph/datum.h"
#include "graph/native/codec_set.h"
#include "graph/native/conversion_path.h"
#include "graph/native/native_kind.h"
#include "graph/native/number.h"
#include "graph/native/type_of.h"

namespace orrery::graph {
namespace internal {

template <class T>
absl::StatusOr<Datum> EncodeInside(const T& value, const ValueCodec<T>& codec,
                                   const ConversionPath& path) {
  const std::string type_name = TypeOf<T>().ToString();
  if (codec.method == CodecMethod::kJson) {
    absl::StatusOr<Datum> datum = CallCodec("serializer", type_name, codec.to_json, value);
    if (!datum.ok()) return path.Wrap(datum.status());
    return datum;
  }
  absl::StatusOr<std::string> bytes = CallCodec("serializer", type_name, codec.to_bytes, value);
  if (!bytes.ok()) return path.Wrap(bytes.status());
  return Datum(Bytes{*std::move(bytes)});
}

template <class T>
absl::StatusOr<T> DecodeInside(const Datum& datum, const ValueCodec<T>& codec,
                               const ConversionPath& path) {
  const std::string type_name = TypeOf<T>().ToString();
  const Bytes* bytes = datum.As<Bytes>();
  if (bytes == nullptr && !codec.from_json) {
    return path.Mismatch("the " + codec.media_type + " bytes of a " + type_name, datum);
  }
  absl::StatusOr<T> value =
      bytes != nullptr && codec.from_bytes
          ? CallCodec("deserializer", type_name, codec.from_bytes, std::string_view(bytes->data))
          : CallCodec("deserializer", type_name, codec.from_json, datum);
  if (!value.ok()) return path.Wrap(value.status());
  return value;
}

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

class DatumReader {
 public:
  explicit DatumReader(const CodecSet& codecs) : codecs_(codecs) {}

  template <class T>
  absl::StatusOr<T> Read(const Datum& datum) {
    if constexpr (std::is_class_v<T>) {
      if (const ValueCodec<T>* codec = codecs_.Find<T>()) return DecodeInside(datum, *codec, path_);
    }
    constexpr NativeKind kKind = kNativeKind<T>;
    static_assert(kKind != NativeKind::kUnsupported, "this C++ type has no graph type");
    static_assert(kKind != NativeKind::kText || std::same_as<T, std::string>,
                  "text is read as std::string, which owns it");
    if constexpr (kKind == NativeKind::kCustom) return path_.NoCodec(TypeOf<T>());
    if constexpr (kKind == NativeKind::kDatum) return datum;
    if constexpr (kKind == NativeKind::kNone) return ReadExactly<None, T>(datum, "none");
    if constexpr (kKind == NativeKind::kBool) return ReadExactly<bool, T>(datum, "bool");
    if constexpr (kKind == NativeKind::kText) return ReadExactly<std::string, T>(datum, "str");
    if constexpr (kKind == NativeKind::kBytes) return ReadExactly<Bytes, T>(datum, "bytes");
    if constexpr (kKind == NativeKind::kInteger) return ReadInteger<T>(datum, path_);
    if constexpr (kKind == NativeKind::kBigInteger) return ReadBigInteger(datum, path_);
    if constexpr (kKind == NativeKind::kFloat) return ReadFloat<T>(datum, path_);
    if constexpr (kKind == NativeKind::kComplex) {
      return ReadComplex<typename T::value_type>(datum, path_);
    }
    if constexpr (kKind == NativeKind::kOptional) return ReadOptional<T>(datum);
    if constexpr (kKind == NativeKind::kList) return ReadList<T>(datum);
    if constexpr (kKind == NativeKind::kMap) return ReadMap<T>(datum);
    if constexpr (kKind == NativeKind::kTuple) {
      return ReadTuple<T>(datum, std::make_index_sequence<std::tuple_size_v<T>>());
    }
    if constexpr (kKind == NativeKind::kVariant) return ReadVariant<T>(datum);
    if constexpr (kKind == NativeKind::kStruct) return ReadStruct<T>(datum);
  }

 private:
  template <class Kind, class T>
  absl::StatusOr<T> ReadExactly(const Datum& datum, std::string_view wanted) {
    const Kind* value = datum.As<Kind>();
    if (value == nullptr) return path_.Mismatch(wanted, datum);
    if constexpr (std::same_as<Kind, None>) {
      return T{};
    } else if constexpr (std::same_as<T, SharedBytes>) {
      return T(value->data);
    } else {
      return T(*value);
    }
  }

  template <class T>
  absl::StatusOr<T> ReadOptional(const Datum& datum) {
    if (datum.Is<None>()) return T(std::nullopt);
    ASSIGN_OR_RETURN(typename T::value_type value, Read<typename T::value_type>(datum));
    return T(std::move(value));
  }

  template <class T>
  absl::StatusOr<T> ReadList(const Datum& datum) {
    const List* list = datum.As<List>();
    if (list == nullptr) return path_.Mismatch(TypeOf<T>().ToString(), datum);
    T values;
    values.reserve(list->size());
    for (const Datum& element : *list) {
      const ConversionPath::Step step(path_, values.size());
      ASSIGN_OR_RETURN(typename T::value_type value, Read<typename T::value_type>(element));
      values.push_back(std::move(value));
    }
    return values;
  }

  template <class T>
  absl::StatusOr<T> ReadMap(const Datum& datum) {
    const Object* object = datum.As<Object>();
    if (object == nullptr) return path_.Mismatch(TypeOf<T>().ToString(), datum);
    T values;
    for (const auto& [name, field] : *object) {
      const ConversionPath::Step step(path_, std::string_view(name));
      ASSIGN_OR_RETURN(values[name], Read<typename T::mapped_type>(field));
    }
    return values;
  }

  template <class T, std::size_t... kIndexes>
  absl::StatusOr<T> ReadTuple(const Datum& datum, std::index_sequence<kIndexes...>) {
    const List* list = datum.As<List>();
    if (list == nullptr) return path_.Mismatch(TypeOf<T>().ToString(), datum);
    if (list->size() != sizeof...(kIndexes)) {
      return path_.WrongLength(sizeof...(kIndexes), list->size());
    }
    T values;
    absl::Status status;
    (ReadElement<kIndexes>(*list, values, status), ...);
    if (!status.ok()) return status;
    return values;
  }

  template <std::size_t kIndex, class T>
  void ReadElement(const List& list, T& values, absl::Status& status) {
    if (!status.ok()) return;
    const ConversionPath::Step step(path_, kIndex);
    auto value = Read<std::tuple_element_t<kIndex, T>>(list[kIndex]);
    status = value.status();
    if (value.ok()) std::get<kIndex>(values) = *std::move(value);
  }

  // Tries the alternatives of the datum's own kind first, then the others, each in order. If
  // exactly one alternative is of its kind, returns the error of that one.
  template <class T>
  absl::StatusOr<T> ReadVariant(const Datum& datum) {
    std::optional<T> value;
    absl::Status exact_error;
    int exact_count = 0;
    for (const bool is_exact : {true, false}) {
      boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, T>>([&](auto type) {
        using Alternative = typename decltype(type)::type;
        if (value.has_value() || IsExactKind(datum, TypeOf<Alternative>()) != is_exact) return;
        absl::StatusOr<Alternative> read = Read<Alternative>(datum);
        if (!read.ok() && is_exact) exact_error = read.status();
        if (read.ok()) value.emplace(*std::move(read));
        exact_count += is_exact ? 1 : 0;
      });
    }
    if (value.has_value()) return *std::move(value);
    return exact_count == 1 ? exact_error : path_.Mismatch(TypeOf<T>().ToString(), datum);
  }

  template <class T>
  absl::StatusOr<T> ReadStruct(const Datum& datum) {
    const Object* object = datum.As<Object>();
    if (object == nullptr) return path_.Mismatch(TypeOf<T>().ToString(), datum);
    T value{};
    absl::Status status;
    std::size_t read_count = 0;
    boost::mp11::mp_for_each<DescribedFields<T>>([&](auto field) {
      if (!status.ok()) return;
      const ConversionPath::Step step(path_, std::string_view(field.name));
      using Member = std::remove_reference_t<decltype(value.*field.pointer)>;
      const Datum* found = datum.Find(field.name);
      if (found == nullptr) {
        if (kNativeKind<Member> != NativeKind::kOptional) status = path_.Error("is missing");
        return;
      }
      ++read_count;
      absl::StatusOr<Member> member = Read<Member>(*found);
      status = member.status();
      if (member.ok()) value.*field.pointer = *std::move(member);
    });
    if (!status.ok()) return status;
    if (read_count != object->size()) return path_.UnknownField(*object, TypeOf<T>());
    return value;
  }

  const CodecSet& codecs_;
  ConversionPath path_;
};

}  // namespace internal

// Errors: kInvalidArgument, with the place in the value, for text that is not UTF-8, an opaque type
// without a codec, or a serializer that failed.
template <class T>
absl::StatusOr<Datum> ToDatum(const T& value, const CodecSet& codecs = NoCodecs()) {
  return internal::DatumWriter(codecs).Write(value);
}

// Errors: kInvalidArgument, with the place in the value and what was found there: "field a[3]:
// expected int, found str".
template <class T>
absl::StatusOr<T> FromDatum(const Datum& datum, const CodecSet& codecs = NoCodecs()) {
  return internal::DatumReader(codecs).Read<T>(datum);
}

}  // namespace orrery::graph
