// Templates for builtins with the same inputs, named after the inputs. All have the one output
// `value`.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "boost/describe/class.hpp"
#include "client/cpp/port.h"
#include "graph/native/type_of.h"

namespace orrery::client::builtins::internal {

using graph::FixedString;

template <FixedString kName, class A, class Result>
struct OfA {
  static constexpr std::string_view kFunctionName = kName.view();
  using Outputs = Port<Result>;
  In<A> a;
  BOOST_DESCRIBE_CLASS(OfA, (), (a), (), ())
};

template <FixedString kName, class A, class B, class Result>
struct OfAB {
  static constexpr std::string_view kFunctionName = kName.view();
  using Outputs = Port<Result>;
  In<A> a;
  In<B> b;
  BOOST_DESCRIBE_CLASS(OfAB, (), (a, b), (), ())
};

template <FixedString kName, class Value, class Result>
struct OfValue {
  static constexpr std::string_view kFunctionName = kName.view();
  using Outputs = Port<Result>;
  In<Value> value;
  BOOST_DESCRIBE_CLASS(OfValue, (), (value), (), ())
};

template <FixedString kName, class Element, class Result>
struct OfValues {
  static constexpr std::string_view kFunctionName = kName.view();
  using Outputs = Port<Result>;
  In<std::vector<Element>> values;
  BOOST_DESCRIBE_CLASS(OfValues, (), (values), (), ())
};

template <FixedString kName, class Element>
struct OfValuesAndN {
  static constexpr std::string_view kFunctionName = kName.view();
  using Outputs = Port<std::vector<Element>>;
  In<std::vector<Element>> values;
  In<std::int64_t> n;
  BOOST_DESCRIBE_CLASS(OfValuesAndN, (), (values, n), (), ())
};

template <FixedString kName, class First, class Second, class Result>
struct OfFirstAndSecond {
  static constexpr std::string_view kFunctionName = kName.view();
  using Outputs = Port<std::vector<Result>>;
  In<std::vector<First>> first;
  In<std::vector<Second>> second;
  BOOST_DESCRIBE_CLASS(OfFirstAndSecond, (), (first, second), (), ())
};

}  // namespace orrery::client::builtins::internal
