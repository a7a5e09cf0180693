#include "worker_sdk/cpp/stubs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

graph::Catalog OneTask(graph::TaskSpec task) { return {.worker = "lab.tools", .tasks = {task}}; }

TEST(StubsTest, NamespaceIsTheWorkersOrTheGivenOne) {
  const graph::Catalog catalog = OneTask({.name = "f"});

  EXPECT_THAT(StubsHeader(catalog, ""), HasSubstr("namespace lab::tools {"));
  EXPECT_THAT(StubsHeader(catalog, "mine"), HasSubstr("namespace mine {"));
  EXPECT_THAT(StubsHeader(catalog, "mine"), HasSubstr("kFunctionName = \"lab.tools.f\""));
}

TEST(StubsTest, SeveralPortsAreAStructThatBindsThem) {
  const std::string header = StubsHeader(
      OneTask({.name = "divide",
               .outputs = {{.name = "quotient", .type = graph::SimpleType(graph::TypeKind::kInt)},
                           {.name = "class", .type = graph::SimpleType(graph::TypeKind::kStr)}}}),
      "");

  EXPECT_THAT(header, HasSubstr("struct Divide {"));
  EXPECT_THAT(header, HasSubstr("    orrery::client::Port<std::int64_t> quotient;\n"));
  EXPECT_THAT(header, HasSubstr("    orrery::client::Port<std::string> class_;\n"));
  EXPECT_THAT(header, HasSubstr("bind.template Port<std::string>(\"class\")"));
}

TEST(StubsTest, InputsWithDefaultsMayBeLeftOut) {
  const std::string header = StubsHeader(
      OneTask({.name = "f",
               .inputs = {{.name = "a", .type = graph::SimpleType(graph::TypeKind::kFloat)},
                          {.name = "b",
                           .type = graph::ListOf(graph::SimpleType(graph::TypeKind::kInt)),
                           .is_required = false}}}),
      "");

  EXPECT_THAT(header, HasSubstr("orrery::client::In<double> a;"));
  EXPECT_THAT(header, HasSubstr("orrery::client::OptionalIn<std::vector<std::int64_t>> b;"));
}

TEST(StubsTest, DescriptionCannotEndItsComment) {
  const std::string header =
      StubsHeader(OneTask({.name = "f", .description = "first\nint broken \\"}), "");

  EXPECT_THAT(header, HasSubstr("// first int broken /\nstruct F {"));
  EXPECT_THAT(header, Not(HasSubstr("\nint broken")));
}

}  // namespace
}  // namespace orrery
