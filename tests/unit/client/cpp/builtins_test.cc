#include "client/cpp/builtins.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "boost/mp11/algorithm.hpp"
#include "client/cpp/node_binder.h"
#include "client/cpp/node_list.h"
#include "client/cpp/port_struct.h"
#include "gmock/gmock.h"
#include "graph/builtins/builtin.h"
#include "graph/datum.h"
#include "graph/native/type_of.h"
#include "graph/task.h"
#include "graph/type.h"
#include "gtest/gtest.h"

namespace orrery::client {
namespace {

using graph::Datum;
using graph::PortSpec;
using graph::TaskSpec;
using ::testing::UnorderedElementsAreArray;

template <class T>
graph::Type TypeOfPort() {
  if constexpr (kIsEach<T>) {
    return graph::TypeOf<typename internal::EachTraits<T>::Element>();
  } else {
    return graph::TypeOf<T>();
  }
}

// Writes down the ports that it makes.
struct RecordingBinder {
  internal::NodeBinder node;
  std::vector<PortSpec>& ports;

  template <class T>
  client::Port<T> Port(std::string_view name) {
    ports.push_back({.name = std::string(name), .type = TypeOfPort<T>()});
    return node.Port<T>(name);
  }
};

// Returns the task that a stub describes.
template <class Stub>
TaskSpec SpecOf() {
  TaskSpec spec{.name = graph::SplitFunctionName(Stub::kFunctionName).task};
  boost::mp11::mp_for_each<internal::MembersOf<Stub>>([&spec](auto member) {
    using End = typename decltype(member)::End;
    using Value = internal::ValueOf<End>;
    spec.inputs.push_back({.name = std::string(decltype(member)::kName),
                           .type = TypeOfPort<Value>(),
                           .is_required = !std::is_same_v<End, OptionalIn<Value>>});
  });
  const internal::NodeList nodes("scratch");
  BindPorts<typename Stub::Outputs>(RecordingBinder{{nodes, 0}, spec.outputs});
  return spec;
}

template <class... Stubs>
std::vector<TaskSpec> SpecsOf() {
  return {SpecOf<Stubs>()...};
}

// Those that work on any type, of any type.
std::vector<TaskSpec> AllStubs() {
  namespace b = builtins;
  return SpecsOf<b::IAdd, b::ISubtract, b::ITimes, b::IDivide, b::Mod, b::IPow, b::IGt, b::RandInt,
                 b::Add, b::Subtract, b::Times, b::Divide, b::Pow, b::Gt, b::Abs, b::Round,
                 b::Conjugate, b::Mean, b::SumList<>, b::ProdList<>, b::MaxItem<>, b::MinItem<>,
                 b::SortNumberList<>, b::Append<Datum>, b::Head<Datum>, b::Len,
                 b::UnfoldValues<Datum>, b::FoldValues<Datum>, b::Zip<Datum, Datum>,
                 b::Unzip<Datum, Datum>, b::Tuple<Datum, Datum>, b::Untuple<Datum, Datum>,
                 b::Reversed<Datum>, b::SortStringList, b::Flatten<Datum>, b::Take<Datum>,
                 b::Drop<Datum>, b::Extend<Datum>, b::ConcatLists<Datum, Datum>, b::Range,
                 b::Id<Datum>, b::Eq<Datum>, b::Neq<Datum>, b::Neg, b::And, b::Or, b::All, b::Any,
                 b::StrEq, b::StrNeq, b::Str, b::Int, b::Concat, b::Encode, b::Decode, b::Sleep>();
}

std::vector<std::string> NamesOf(const std::vector<TaskSpec>& tasks) {
  std::vector<std::string> names;
  for (const TaskSpec& task : tasks) names.push_back(task.name);
  return names;
}

// "a", or "step?" if it need not be wired.
std::vector<std::string> NamesOf(const std::vector<PortSpec>& ports) {
  std::vector<std::string> names;
  for (const PortSpec& port : ports) names.push_back(port.name + (port.is_required ? "" : "?"));
  return names;
}

TEST(BuiltinsTest, EveryBuiltinHasOneStub) {
  EXPECT_THAT(NamesOf(AllStubs()),
              UnorderedElementsAreArray(NamesOf(graph::BuiltinCatalog().tasks)));
}

TEST(BuiltinsTest, StubsHaveThePortsOfTheCatalogInItsOrder) {
  for (const TaskSpec& stub : AllStubs()) {
    SCOPED_TRACE(stub.name);
    const TaskSpec* task = graph::BuiltinCatalog().Find(stub.name);
    ASSERT_NE(task, nullptr);

    EXPECT_EQ(NamesOf(stub.inputs), NamesOf(task->inputs));
    EXPECT_EQ(NamesOf(stub.outputs), NamesOf(task->outputs));
  }
}

// A stub may take less than the builtin does, as an integer where any number would do.
TEST(BuiltinsTest, WhatAStubTakesTheBuiltinTakes) {
  for (const TaskSpec& stub : AllStubs()) {
    const TaskSpec* task = graph::BuiltinCatalog().Find(stub.name);
    ASSERT_NE(task, nullptr) << stub.name;
    for (const PortSpec& input : stub.inputs) {
      const PortSpec* port = task->FindInput(input.name);
      ASSERT_NE(port, nullptr) << stub.name << " " << input.name;

      EXPECT_TRUE(graph::IsAssignable(input.type, port->type))
          << stub.name << " " << input.name << ": " << input.type.ToString() << " for "
          << port->type.ToString();
    }
  }
}

// Given what the stub takes, which may be less: the sum of integers is one.
TEST(BuiltinsTest, WhatAStubGivesTheBuiltinMayGive) {
  for (const TaskSpec& stub : AllStubs()) {
    const TaskSpec* task = graph::BuiltinCatalog().Find(stub.name);
    ASSERT_NE(task, nullptr) << stub.name;
    for (const PortSpec& output : stub.outputs) {
      const PortSpec* port = task->FindOutput(output.name);
      ASSERT_NE(port, nullptr) << stub.name << " " << output.name;

      EXPECT_TRUE(graph::IsAssignable(output.type, port->type))
          << stub.name << " " << output.name << ": " << output.type.ToString() << " for "
          << port->type.ToString();
    }
  }
}

}  // namespace
}  // namespace orrery::client
