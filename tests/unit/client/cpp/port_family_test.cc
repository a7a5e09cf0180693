#include "client/cpp/port_family.h"

#include <concepts>
#include <cstdint>

#include "client/cpp/port_struct.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/builder_tasks.h"
#include "tests/unit/client/cpp/families.h"

namespace orrery::client {
namespace {

template <template <class> class P, class A, class B>
struct Generic {
  P<A> a;
  P<B> b;
  BOOST_DESCRIBE_CLASS(Generic, (), (a, b), (), ())
};

TEST(PortFamilyTest, ReboundHasOtherEndsForTheSamePorts) {
  EXPECT_TRUE((std::same_as<Rebound<demo::Line<Port>, In>, demo::Line<In>>));
  EXPECT_TRUE(
      (std::same_as<Rebound<Generic<Port, int, bool>, EachIn>, Generic<EachIn, int, bool>>));
  EXPECT_TRUE((std::same_as<Rebound<Port<int>, EachPort>, Port<Each<int>>>));
}

TEST(PortFamilyTest, StructThatIsNoTemplateStaysAsItIs) {
  EXPECT_TRUE((std::same_as<Rebound<demo::Divide::Outputs, In>, demo::Divide::Outputs>));
  EXPECT_FALSE(PortFamily<demo::Divide::Outputs>);
  EXPECT_TRUE(PortFamily<demo::Line<Port>>);
  EXPECT_TRUE(PortFamily<Port<int>>);
}

}  // namespace
}  // namespace orrery::client
