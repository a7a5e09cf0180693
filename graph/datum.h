// A decoded value: JSON, and also bytes, complex numbers and integers of any size.
//
// Structs and maps are both Object (with fields in the order of the text); tuples and lists are
// both List. The type tells them apart, not the value.
//
// Threading: thread-compatible.
#pragma once

#include <complex>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/shared_bytes.h"

namespace orrery::graph {

struct None {
  friend bool operator==(None, None) = default;
};

// An integer outside the range of int64, as canonical decimal digits with an optional '-'.
struct BigInteger {
  std::string digits;
  friend bool operator==(const BigInteger&, const BigInteger&) = default;
};

struct Bytes {
  std::string data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

// Bytes of a value, without a copy. Not a kind of datum, but a C++ type that bytes can be read as.
using SharedBytes = orrery::SharedBytes;

class Datum;
using List = std::vector<Datum>;
using Field = std::pair<std::string, Datum>;
using Object = std::vector<Field>;

class Datum {
 public:
  using Variant = std::variant<None, bool, std::int64_t, BigInteger, double, std::complex<double>,
                               std::string, Bytes, List, Object>;

  Datum() = default;
  Datum(None) {}
  // The constraint prevents the conversion of pointers.
  template <std::same_as<bool> T>
  Datum(T value) : variant_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Datum(T value) : variant_(FromIntegral(value)) {}
  Datum(BigInteger value) : variant_(std::move(value)) {}
  Datum(double value) : variant_(value) {}
  Datum(std::complex<double> value) : variant_(value) {}
  Datum(std::string value) : variant_(std::move(value)) {}
  Datum(std::string_view value) : variant_(std::string(value)) {}
  Datum(const char* value) : variant_(std::string(value)) {}
  Datum(Bytes value) : variant_(std::move(value)) {}
  Datum(List value) : variant_(std::move(value)) {}
  Datum(Object value) : variant_(std::move(value)) {}

  const Variant& variant() const { return variant_; }
  Variant& variant() { return variant_; }

  template <class T>
  bool Is() const {
    return std::holds_alternative<T>(variant_);
  }
  // Returns null if the datum is of another kind.
  template <class T>
  const T* As() const {
    return std::get_if<T>(&variant_);
  }
  // Returns a field of an Object. Returns null if this is not an Object or has no such field.
  const Datum* Find(std::string_view name) const;

  // Returns the kind for messages: "int", "str", "list", "object", ...
  std::string_view KindName() const;

  friend bool operator==(const Datum&, const Datum&) = default;

 private:
  template <std::integral T>
  static Variant FromIntegral(T value) {
    if constexpr (std::is_unsigned_v<T> && sizeof(T) >= sizeof(std::int64_t)) {
      if (value > static_cast<T>(INT64_MAX)) return BigInteger{std::to_string(value)};
    }
    return static_cast<std::int64_t>(value);
  }

  Variant variant_;
};

}  // namespace orrery::graph
