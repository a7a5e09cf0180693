// Builtins on bools, text, bytes, and values of any type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "boost/describe/class.hpp"
#include "client/cpp/builtins/shapes.h"
#include "client/cpp/port.h"
#include "graph/datum.h"

namespace orrery::client::builtins {

template <class T>
using Id = internal::OfValue<"builtins.tkr_id", T, T>;
// Compares numbers by value: an integer can equal a float.
template <class T>
using Eq = internal::OfAB<"builtins.eq", T, T, bool>;
template <class T>
using Neq = internal::OfAB<"builtins.neq", T, T, bool>;

// Logical negation.
using Neg = internal::OfA<"builtins.neg", bool, bool>;
using And = internal::OfAB<"builtins.trk_and", bool, bool, bool>;
using Or = internal::OfAB<"builtins.trk_or", bool, bool, bool>;
// True if all, or any, elements of a list count as true.
using All = internal::OfValues<"builtins.tkr_all", graph::Datum, bool>;
using Any = internal::OfValues<"builtins.tkr_any", graph::Datum, bool>;

using StrEq = internal::OfAB<"builtins.str_eq", std::string, std::string, bool>;
using StrNeq = internal::OfAB<"builtins.str_neq", std::string, std::string, bool>;
using Str = internal::OfValue<"builtins.tkr_str", graph::Datum, std::string>;
using Int =
    internal::OfValue<"builtins.tkr_int", std::variant<double, bool, std::string>, std::int64_t>;

struct Concat {
  static constexpr std::string_view kFunctionName = "builtins.concat";
  using Outputs = Port<std::string>;
  In<std::string> lhs;
  In<std::string> rhs;
  BOOST_DESCRIBE_CLASS(Concat, (), (lhs, rhs), (), ())
};

// Encodes text as UTF-8.
struct Encode {
  static constexpr std::string_view kFunctionName = "builtins.tkr_encode";
  using Outputs = Port<graph::Bytes>;
  In<std::string> string;
  BOOST_DESCRIBE_CLASS(Encode, (), (string), (), ())
};

struct Decode {
  static constexpr std::string_view kFunctionName = "builtins.tkr_decode";
  using Outputs = Port<std::string>;
  In<graph::Bytes> bytes;
  BOOST_DESCRIBE_CLASS(Decode, (), (bytes), (), ())
};

// Returns true after a delay.
struct Sleep {
  static constexpr std::string_view kFunctionName = "builtins.tkr_sleep";
  using Outputs = Port<bool>;
  In<double> delay_seconds;
  BOOST_DESCRIBE_CLASS(Sleep, (), (delay_seconds), (), ())
};

}  // namespace orrery::client::builtins
