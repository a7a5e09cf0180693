#include "graph/catalog_json.h"

#include "nlohmann/json.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;

PortSpec WithDefault(Value value) {
  return {.name = "a", .is_required = false, .default_value = std::move(value)};
}

nlohmann::json DefaultOf(Value value) {
  const Catalog catalog{.worker = "w", .tasks = {{.name = "f", .inputs = {WithDefault(value)}}}};
  return nlohmann::json::parse(WriteCatalogJson(catalog))["tasks"][0]["inputs"][0]["default"];
}

TEST(CatalogJsonTest, TasksAndPortsAreThere) {
  const Catalog catalog{
      .worker = "w",
      .tasks = {{.name = "f",
                 .inputs = {{.name = "a",
                             .type = ListOf(SimpleType(TypeKind::kInt)),
                             .formats = {"application/json"}}},
                 .outputs = {{.name = "value", .type = OpaqueType("numpy.ndarray")}},
                 .is_cacheable = true,
                 .version = "2",
                 .description = "what it does"}}};

  const nlohmann::json json = nlohmann::json::parse(WriteCatalogJson(catalog));

  EXPECT_EQ(json, nlohmann::json::parse(R"({
    "worker": "w",
    "tasks": [{
      "name": "f", "description": "what it does", "version": "2",
      "cacheable": true, "effect_once": false,
      "inputs": [{"name": "a", "type": "list[int]", "required": true,
                  "formats": ["application/json"]}],
      "outputs": [{"name": "value", "type": "numpy.ndarray", "formats": []}]
    }]
  })"));
}

TEST(CatalogJsonTest, DefaultIsItselfOrSaysWhatItIs) {
  EXPECT_EQ(DefaultOf(JsonValue("[1, 2.5]")), nlohmann::json::parse("[1, 2.5]"));
  EXPECT_EQ(DefaultOf(JsonValue("NaN")), "NaN");
  EXPECT_EQ(DefaultOf(BytesValue("12345")),
            nlohmann::json::parse(R"({"media_type": "application/octet-stream", "size": 5})"));
}

std::string ErrorOf(std::string_view json) {
  return std::string(ParseCatalogsJson(json).status().message());
}

TEST(CatalogJsonTest, WhatIsWrittenIsReadBack) {
  const Type element{.kind = TypeKind::kVariable, .name = "T"};
  const Catalog catalog{
      .worker = "w",
      .tasks = {{.name = "take",
                 .inputs = {{.name = "v", .type = ListOf(element), .formats = {"application/json"}},
                            {.name = "n",
                             .type = SimpleType(TypeKind::kInt),
                             .is_required = false,
                             .default_value = JsonValue("50")}},
                 .outputs = {{.name = "head", .type = element},
                             {.name = "rest", .type = OpaqueType("numpy.ndarray")}},
                 .is_cacheable = true,
                 .is_effect_once = true,
                 .version = "2",
                 .description = "d\xC3\xA9j\xC3\xA0"},
                {.name = "nothing"}}};
  const std::string json = WriteCatalogJson(catalog);

  const absl::StatusOr<std::vector<Catalog>> one = ParseCatalogsJson(json);
  const absl::StatusOr<std::vector<Catalog>> two = ParseCatalogsJson("[" + json + "," + json + "]");

  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_THAT(*one, ElementsAre(catalog));
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_THAT(*two, ElementsAre(catalog, catalog));
}

TEST(CatalogJsonTest, OnlyNamesMustBeThere) {
  const absl::StatusOr<std::vector<Catalog>> catalogs =
      ParseCatalogsJson(R"({"worker": "w", "tasks": [{"name": "f", "inputs": [{"name": "a"}]}]})");

  ASSERT_TRUE(catalogs.ok()) << catalogs.status();
  EXPECT_THAT(*catalogs, ElementsAre(Catalog{.worker = "w",
                                             .tasks = {{.name = "f", .inputs = {{.name = "a"}}}}}));
}

TEST(CatalogJsonTest, ADefaultThatIsNoJsonIsNotRestored) {
  const Catalog catalog{.worker = "w",
                        .tasks = {{.name = "f", .inputs = {WithDefault(BytesValue("12345"))}}}};

  const PortSpec port = ParseCatalogsJson(WriteCatalogJson(catalog)).value()[0].tasks[0].inputs[0];

  EXPECT_FALSE(port.is_required);
  EXPECT_FALSE(port.default_value.has_value());
}

TEST(CatalogJsonTest, ErrorsNameWorkerTaskAndPort) {
  EXPECT_EQ(ErrorOf("3"), "a catalog: \"worker\" is missing");
  EXPECT_EQ(ErrorOf(R"({"worker": "a/b"})"), "a catalog: \"worker\" contains \"/\"");
  EXPECT_EQ(ErrorOf(R"({"worker": "w", "tasks": 3})"),
            "a catalog: \"tasks\" is int, which it cannot be");
  EXPECT_EQ(ErrorOf(R"({"worker": "w", "tasks": [{}]})"),
            "worker \"w\": a task: \"name\" is missing");
  EXPECT_EQ(ErrorOf(R"({"worker": "w", "tasks": [{"name": "f"}, {"name": "f"}]})"),
            "worker \"w\": two tasks are called \"f\"");
  EXPECT_EQ(ErrorOf(R"({"worker": "w", "tasks": [{"name": "f", "outputs": [
                         {"name": "a"}, {"name": "b", "type": "list[int]"}, {"name": "a"}]}]})"),
            "worker \"w\": task \"f\": outputs[2]: there is a port \"a\" before it");
  EXPECT_EQ(ErrorOf(R"({"worker": "w", "tasks": [{"name": "f", "inputs": [
                         {"name": "a", "type": "list["}]}]})"),
            "worker \"w\": task \"f\": inputs[0]: the type \"list[\": expected a type at \"\"");
  EXPECT_EQ(ErrorOf(R"({"worker": "w", "tasks": [{"name": "f", "inputs": [
                         {"name": "a", "formats": [1]}]}]})"),
            "worker \"w\": task \"f\": inputs[0]: \"formats\" has int among its strings");
}

}  // namespace
}  // namespace orrery::graph
