#include "client/cpp/port_match.h"

#include <cstdint>
#include <string>

#include "client/cpp/port_family.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/families.h"

namespace orrery::client {
namespace {

using demo::Countdown;
using demo::Counted;
using demo::Int;
using demo::Line;
using demo::OnlyX;

// The same names as Line, in another order and with another type.
struct LineOfPorts {
  Port<Int> intercept;
  Port<int> x;
};
BOOST_DESCRIBE_STRUCT(LineOfPorts, (), (intercept, x))

struct LineOfText {
  Port<std::string> x;
  Port<Int> intercept;
};
BOOST_DESCRIBE_STRUCT(LineOfText, (), (x, intercept))

struct LineAndMore {
  Port<Int> x;
  Port<Int> intercept;
  Port<Int> slope;
};
BOOST_DESCRIBE_STRUCT(LineAndMore, (), (x, intercept, slope))

struct LineOfElements {
  Port<Each<Int>> x;
  Port<Int> intercept;
};
BOOST_DESCRIBE_STRUCT(LineOfElements, (), (x, intercept))

struct TextX {
  Port<std::string> x;
};
BOOST_DESCRIBE_STRUCT(TextX, (), (x))

struct UncertainEnd {
  Port<Int> count;
  Port<Int> should_continue;
};
BOOST_DESCRIBE_STRUCT(UncertainEnd, (), (count, should_continue))

struct CountedInText {
  Port<std::string> count;
  Port<bool> should_continue;
};
BOOST_DESCRIBE_STRUCT(CountedInText, (), (count, should_continue))

TEST(InputsForTest, NamesAndTypesDecideAndOrderDoesNot) {
  EXPECT_TRUE((InputsFor<Line<In>, Line<Port>, In>));
  EXPECT_TRUE((InputsFor<Line<Port>, Line<Port>, In>));
  EXPECT_TRUE((InputsFor<LineOfPorts, Line<Port>, In>));
  EXPECT_FALSE((InputsFor<LineOfText, Line<Port>, In>));
}

TEST(InputsForTest, EveryPortIsGivenAndNoOther) {
  EXPECT_FALSE((InputsFor<OnlyX<In>, Line<Port>, In>));
  EXPECT_FALSE((InputsFor<LineAndMore, Line<Port>, In>));
  EXPECT_TRUE((InputsFor<NoPorts, NoPorts, In>));
  EXPECT_FALSE((InputsFor<OnlyX<In>, NoPorts, In>));
}

TEST(InputsForTest, SinglePortTakesWhatItsTypeTakes) {
  EXPECT_TRUE((InputsFor<int, Port<double>, In>));
  EXPECT_TRUE((InputsFor<Port<Int>, Port<double>, In>));
  EXPECT_FALSE((InputsFor<Port<double>, Port<Int>, In>));
  EXPECT_FALSE((InputsFor<std::string, Port<Int>, In>));
}

TEST(InputsForTest, ElementsAreForMapsOnly) {
  EXPECT_TRUE((InputsFor<LineOfElements, Line<Port>, EachIn>));
  EXPECT_TRUE((InputsFor<Line<Port>, Line<Port>, EachIn>));
  EXPECT_FALSE((InputsFor<LineOfElements, Line<Port>, In>));
  EXPECT_TRUE((InputsFor<Port<Each<Int>>, Port<double>, EachIn>));
  EXPECT_FALSE((InputsFor<Port<Each<std::string>>, Port<double>, EachIn>));
  EXPECT_FALSE((InputsFor<Port<Each<Int>>, Port<Int>, In>));
}

TEST(PartialInputsForTest, GivenAndRemainingAreAllTogether) {
  EXPECT_TRUE((PartialInputsFor<Line<OptionalIn>, OnlyX<Port>, Line<Port>>));
  EXPECT_TRUE((PartialInputsFor<OnlyX<In>, OnlyX<Port>, OnlyX<Port>>) == false);
  EXPECT_TRUE((PartialInputsFor<NoPorts, Line<Port>, Line<Port>>));
  EXPECT_FALSE((PartialInputsFor<NoPorts, OnlyX<Port>, Line<Port>>));
  EXPECT_FALSE((PartialInputsFor<Line<In>, OnlyX<Port>, Line<Port>>));
}

TEST(PartialInputsForTest, WhatRemainsHasTheNamesAndTypesOfTheGraph) {
  EXPECT_FALSE((PartialInputsFor<Line<OptionalIn>, TextX, Line<Port>>));
  EXPECT_FALSE((PartialInputsFor<Line<OptionalIn>, LineAndMore, Line<Port>>));
}

TEST(LoopPortsTest, BodySaysWhetherToContinue) {
  EXPECT_TRUE((LoopPorts<Countdown<Port>, Counted<Port>>));
  EXPECT_FALSE((LoopPorts<Countdown<Port>, OnlyX<Port>>));
  EXPECT_FALSE((LoopPorts<Countdown<Port>, UncertainEnd>));
  EXPECT_FALSE((LoopPorts<Countdown<Port>, Port<bool>>));
}

TEST(LoopPortsTest, OutputsMayBeTheInputsOfTheirNamesNextTime) {
  EXPECT_FALSE((LoopPorts<Countdown<Port>, CountedInText>));
  EXPECT_TRUE((LoopPorts<OnlyX<Port>, CountedInText>)) << "no input has that name";
}

}  // namespace
}  // namespace orrery::client
