#include "graph/codec/catalog_codec.h"

#include "graph/limits.h"
#include "orrery/graph/v1/catalog.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

Catalog Sample() {
  const Type array = OpaqueType("numpy.ndarray");
  return {
      .worker = "scipy_worker",
      .tasks = {{.name = "linspace",
                 .inputs = {{.name = "start", .type = SimpleType(TypeKind::kFloat)},
                            {.name = "num",
                             .type = SimpleType(TypeKind::kInt),
                             .is_required = false,
                             .default_value = JsonValue("50", "int"),
                             .formats = {"application/json"}}},
                 .outputs = {{.name = "value", .type = array, .formats = {"application/x-npy"}}},
                 .is_cacheable = true,
                 .is_effect_once = true,
                 .version = "2",
                 .description = "Evenly spaced numbers."}}};
}

std::string ErrorOf(const v1::Catalog& message) {
  const absl::StatusOr<Catalog> catalog = FromProto(message);
  return catalog.ok() ? "no error" : std::string(catalog.status().message());
}

TEST(CatalogProtoTest, SurvivesARoundTrip) { EXPECT_EQ(*FromProto(ToProto(Sample())), Sample()); }

TEST(CatalogProtoTest, ErrorsNameWorkerTaskAndPort) {
  v1::Catalog message = ToProto(Sample());
  message.mutable_tasks(0)->mutable_inputs(1)->mutable_default_value()->clear_content();
  EXPECT_EQ(ErrorOf(message),
            "worker \"scipy_worker\": task \"linspace\" port \"num\" default: a value has neither "
            "bytes nor a blob");

  message = ToProto(Sample());
  message.mutable_tasks(0)->mutable_inputs(1)->set_name("start");
  EXPECT_THAT(ErrorOf(message), HasSubstr("has the port \"start\" twice"));

  message = ToProto(Sample());
  message.mutable_tasks(0)->mutable_outputs(0)->set_name("a/b");
  EXPECT_THAT(ErrorOf(message), HasSubstr("port \"a/b\" has a name that contains \"/\""));
}

TEST(CatalogProtoTest, ATaskHasAtMostNodeInputsPorts) {
  v1::Catalog message = ToProto(Sample());
  for (std::size_t i = 0; i < kLimits.node_inputs.max; ++i) {
    message.mutable_tasks(0)->add_outputs();
  }

  EXPECT_THAT(ErrorOf(message), HasSubstr("limit node_inputs"));
}

TEST(CatalogProtoTest, NamesMustBeUsable) {
  v1::Catalog message = ToProto(Sample());
  *message.add_tasks() = message.tasks(0);
  EXPECT_THAT(ErrorOf(message), HasSubstr("lists the task \"linspace\" twice"));

  message = ToProto(Sample());
  message.set_worker("");
  EXPECT_THAT(ErrorOf(message), HasSubstr("is empty"));

  message = ToProto(Sample());
  message.mutable_tasks(0)->set_name("a.b");
  EXPECT_THAT(ErrorOf(message), HasSubstr("has a dot in its name"));

  message = ToProto(Sample());
  message.mutable_tasks(0)->clear_outputs();
  EXPECT_THAT(ErrorOf(message), HasSubstr("has no outputs"));
}

}  // namespace
}  // namespace orrery::graph
