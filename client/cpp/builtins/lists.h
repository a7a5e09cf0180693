// Builtins on lists and tuples. Counts and positions may be negative, as in Python.
//
//   const auto headed = g.Add(builtins::Head<double>{.v = list});
//   headed.head, headed.rest
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "boost/describe/class.hpp"
#include "client/cpp/builtins/shapes.h"
#include "client/cpp/each.h"
#include "client/cpp/port.h"
#include "graph/datum.h"

namespace orrery::client::builtins {

template <class T>
struct Append {
  static constexpr std::string_view kFunctionName = "builtins.append";
  using Outputs = Port<std::vector<T>>;
  In<std::vector<T>> v;
  In<T> a;
  BOOST_DESCRIBE_CLASS(Append, (), (v, a), (), ())
};

template <class T>
struct Headed {
  Port<T> head;
  Port<std::vector<T>> rest;
  BOOST_DESCRIBE_CLASS(Headed, (), (head, rest), (), ())
};

template <class T>
struct Head {
  static constexpr std::string_view kFunctionName = "builtins.head";
  using Outputs = Headed<T>;
  In<std::vector<T>> v;
  BOOST_DESCRIBE_CLASS(Head, (), (v), (), ())
};

struct Len {
  static constexpr std::string_view kFunctionName = "builtins.tkr_len";
  using Outputs = Port<std::int64_t>;
  In<std::vector<graph::Datum>> v;
  BOOST_DESCRIBE_CLASS(Len, (), (v), (), ())
};

// GraphBuilder::Unfold and Fold deduce T.
template <class T>
struct UnfoldValues {
  static constexpr std::string_view kFunctionName = "builtins.unfold_values";
  struct Outputs {
    Port<Each<T>> elements;
    template <class Binder>
    static Outputs Bind(Binder&& bind) {
      return {bind.template Port<Each<T>>(kElementsPort)};
    }
  };
  In<std::vector<T>> value;
  BOOST_DESCRIBE_CLASS(UnfoldValues, (), (value), (), ())
};

template <class T>
struct FoldValues {
  static constexpr std::string_view kFunctionName = "builtins.fold_values";
  using Outputs = Port<std::vector<T>>;
  In<Each<T>> values_glob;
  BOOST_DESCRIBE_CLASS(FoldValues, (), (values_glob), (), ())
};

// The result has the length of the shorter list.
template <class A, class B>
using Zip = internal::OfAB<"builtins.tkr_zip", std::vector<A>, std::vector<B>,
                           std::vector<std::tuple<A, B>>>;

template <class A, class B>
struct Pair {
  Port<A> a;
  Port<B> b;
  BOOST_DESCRIBE_CLASS(Pair, (), (a, b), (), ())
};

template <class A, class B>
struct Unzip {
  static constexpr std::string_view kFunctionName = "builtins.unzip";
  using Outputs = Pair<std::vector<A>, std::vector<B>>;
  In<std::vector<std::tuple<A, B>>> value;
  BOOST_DESCRIBE_CLASS(Unzip, (), (value), (), ())
};

template <class A, class B>
using Tuple = internal::OfAB<"builtins.tkr_tuple", A, B, std::tuple<A, B>>;

template <class A, class B>
struct Untuple {
  static constexpr std::string_view kFunctionName = "builtins.untuple";
  using Outputs = Pair<A, B>;
  In<std::tuple<A, B>> value;
  BOOST_DESCRIBE_CLASS(Untuple, (), (value), (), ())
};

template <class T>
using Reversed = internal::OfValues<"builtins.tkr_reversed", T, std::vector<T>>;
using SortStringList =
    internal::OfValues<"builtins.sort_string_list", std::string, std::vector<std::string>>;
template <class T>
using Flatten = internal::OfValues<"builtins.flatten", std::vector<T>, std::vector<T>>;
template <class T>
using Take = internal::OfValuesAndN<"builtins.take", T>;
template <class T>
using Drop = internal::OfValuesAndN<"builtins.drop", T>;
template <class T>
using Extend = internal::OfFirstAndSecond<"builtins.tkr_extend", T, T, T>;
template <class A, class B>
using ConcatLists = internal::OfFirstAndSecond<"builtins.concat_lists", A, B, std::variant<A, B>>;

// From `start`, inclusive, to `stop`, exclusive.
struct Range {
  static constexpr std::string_view kFunctionName = "builtins.tkr_range";
  using Outputs = Port<std::vector<std::int64_t>>;
  In<std::int64_t> start;
  In<std::int64_t> stop;
  OptionalIn<std::int64_t> step = {};
  BOOST_DESCRIBE_CLASS(Range, (), (start, stop, step), (), ())
};

}  // namespace orrery::client::builtins
