// Task structs as a worker prints them, for the tests of the graph builder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/cpp/builder.h"

namespace orrery::client::demo {

using Array = Opaque<"numpy.ndarray">;

struct Linspace {
  static constexpr std::string_view kFunctionName = "demo.linspace";
  using Outputs = Port<Array>;
  In<double> start;
  In<double> stop;
  OptionalIn<std::int64_t> num = {};
  template <class Visitor>
  void VisitInputs(Visitor&& visit) const {
    visit("start", start);
    visit("stop", stop);
    visit("num", num);
  }
};

struct Reshape {
  static constexpr std::string_view kFunctionName = "demo.reshape";
  using Outputs = Port<Array>;
  In<Array> a;
  In<std::variant<std::int64_t, std::vector<std::int64_t>>> shape;
  template <class Visitor>
  void VisitInputs(Visitor&& visit) const {
    visit("a", a);
    visit("shape", shape);
  }
};

struct Divide {
  static constexpr std::string_view kFunctionName = "demo.divide";
  struct Outputs {
    Port<std::int64_t> quotient;
    Port<std::int64_t> remainder;
    template <class Binder>
    static Outputs Bind(Binder&& bind) {
      return {bind.template Port<std::int64_t>("quotient"),
              bind.template Port<std::int64_t>("remainder")};
    }
  };
  In<std::int64_t> a;
  In<std::int64_t> b;
  template <class Visitor>
  void VisitInputs(Visitor&& visit) const {
    visit("a", a);
    visit("b", b);
  }
};

struct Greet {
  static constexpr std::string_view kFunctionName = "demo.greet";
  using Outputs = Port<std::string>;
  In<std::string> name;
  template <class Visitor>
  void VisitInputs(Visitor&& visit) const {
    visit("name", name);
  }
};

}  // namespace orrery::client::demo
