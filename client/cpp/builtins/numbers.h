// Builtins on numbers. Integers have any size; floor division and modulo take the divisor's sign.
//
//   const Port<std::int64_t> next = g.Add(builtins::IAdd{.a = n, .b = 1});
#pragma once

#include <complex>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "boost/describe/class.hpp"
#include "client/cpp/builtins/shapes.h"
#include "client/cpp/port.h"

namespace orrery::client::builtins {

// A result is an integer if all operands are. Both alternatives fit a float.
using Number = std::variant<std::int64_t, double>;

using IAdd = internal::OfAB<"builtins.iadd", std::int64_t, std::int64_t, std::int64_t>;
using ISubtract = internal::OfAB<"builtins.isubtract", std::int64_t, std::int64_t, std::int64_t>;
using ITimes = internal::OfAB<"builtins.itimes", std::int64_t, std::int64_t, std::int64_t>;
using IDivide = internal::OfAB<"builtins.idivide", std::int64_t, std::int64_t, std::int64_t>;
using Mod = internal::OfAB<"builtins.mod", std::int64_t, std::int64_t, std::int64_t>;
using IPow = internal::OfAB<"builtins.ipow", std::int64_t, std::int64_t, std::int64_t>;
using IGt = internal::OfAB<"builtins.igt", std::int64_t, std::int64_t, bool>;
// A random integer from `a` to `b`, both inclusive.
using RandInt = internal::OfAB<"builtins.rand_int", std::int64_t, std::int64_t, std::int64_t>;

using Add = internal::OfAB<"builtins.add", double, double, Number>;
using Subtract = internal::OfAB<"builtins.subtract", double, double, Number>;
using Times = internal::OfAB<"builtins.times", double, double, Number>;
using Divide = internal::OfAB<"builtins.divide", double, double, double>;
using Pow = internal::OfAB<"builtins.pow", double, double, Number>;
using Gt = internal::OfAB<"builtins.gt", double, double, bool>;
using Abs = internal::OfA<"builtins.tkr_abs", double, Number>;
// To the nearest integer; halves to the even one.
using Round = internal::OfA<"builtins.tkr_round", double, std::int64_t>;

struct Conjugate {
  static constexpr std::string_view kFunctionName = "builtins.conjugate";
  using Outputs = Port<std::complex<double>>;
  In<std::complex<double>> z;
  BOOST_DESCRIBE_CLASS(Conjugate, (), (z), (), ())
};

using Mean = internal::OfValues<"builtins.mean", double, double>;
// T is std::int64_t, double or Number.
template <class T = Number>
using SumList = internal::OfValues<"builtins.sum_list", T, T>;
template <class T = Number>
using ProdList = internal::OfValues<"builtins.prod_list", T, T>;
template <class T = Number>
using MaxItem = internal::OfValues<"builtins.max_item", T, T>;
template <class T = Number>
using MinItem = internal::OfValues<"builtins.min_item", T, T>;
template <class T = Number>
using SortNumberList = internal::OfValues<"builtins.sort_number_list", T, std::vector<T>>;

}  // namespace orrery::client::builtins
