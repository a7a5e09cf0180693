#include "client/cpp/port.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"

namespace orrery::client {
namespace {

using Array = Opaque<"numpy.ndarray">;

TEST(PortTest, ConvertsOnlyToPortsThatTakeItsValues) {
  EXPECT_TRUE((std::convertible_to<Port<std::int64_t>, Port<double>>));
  EXPECT_FALSE((std::convertible_to<Port<double>, Port<std::int64_t>>));
  EXPECT_FALSE((std::convertible_to<Port<Array>, Port<double>>));
}

TEST(InTest, TakesPortsAndConstantsOfItsTypeOnly) {
  EXPECT_TRUE((std::convertible_to<Port<std::int64_t>, In<double>>));
  EXPECT_TRUE((std::convertible_to<double, In<double>>));
  EXPECT_TRUE((std::convertible_to<int, In<double>>));
  EXPECT_TRUE((std::convertible_to<const char*, In<std::string>>));
  EXPECT_FALSE((std::convertible_to<Port<std::string>, In<double>>));
  EXPECT_FALSE((std::convertible_to<std::string, In<double>>));
  EXPECT_FALSE((std::convertible_to<double, In<std::int64_t>>));
  EXPECT_FALSE((std::convertible_to<bool, In<std::int64_t>>));
  EXPECT_FALSE((std::convertible_to<double, In<Array>>));
}

TEST(InTest, OpaqueTypesHaveNoConstants) {
  EXPECT_TRUE((std::convertible_to<Port<Array>, In<Array>>));
  EXPECT_FALSE((std::convertible_to<Array, In<Array>>));
}

TEST(InTest, HasNoDefaultUnlessOptional) {
  EXPECT_FALSE((std::is_default_constructible_v<In<double>>));
  EXPECT_TRUE((std::is_default_constructible_v<OptionalIn<double>>));
}

}  // namespace
}  // namespace orrery::client
