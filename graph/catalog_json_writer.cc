#include <set>

#include "graph/catalog_json.h"
#include "nlohmann/json.hpp"

namespace orrery::graph {
namespace {

using Json = nlohmann::ordered_json;

Json DefaultToJson(const Value& value) {
  if (value.media_type == kMediaTypeJson && value.is_inline()) {
    const Json json = Json::parse(value.bytes(), nullptr, /*allow_exceptions=*/false);
    // Python's NaN and Infinity are no JSON.
    return json.is_discarded() ? Json(value.bytes()) : json;
  }
  return {{"media_type", value.media_type}, {"size", value.size_bytes()}};
}

Json InputToJson(const PortSpec& port) {
  Json json = {{"name", port.name}, {"type", port.type.ToString()}, {"required", port.is_required}};
  if (port.default_value.has_value()) json["default"] = DefaultToJson(*port.default_value);
  json["formats"] = port.formats;
  return json;
}

Json OutputToJson(const PortSpec& port) {
  return {{"name", port.name}, {"type", port.type.ToString()}, {"formats", port.formats}};
}

void CollectVariables(const Type& type, std::set<std::string>& variables) {
  if (type.kind == TypeKind::kVariable) variables.insert(type.name);
  for (const Type& argument : type.arguments) CollectVariables(argument, variables);
}

std::set<std::string> VariablesOf(const TaskSpec& task) {
  std::set<std::string> variables;
  for (const PortSpec& port : task.inputs) CollectVariables(port.type, variables);
  for (const PortSpec& port : task.outputs) CollectVariables(port.type, variables);
  return variables;
}

Json TaskToJson(const TaskSpec& task) {
  Json json = {{"name", task.name},
               {"description", task.description},
               {"version", task.version},
               {"cacheable", task.is_cacheable},
               {"effect_once", task.is_effect_once}};
  const std::set<std::string> variables = VariablesOf(task);
  if (!variables.empty()) json["type_variables"] = variables;
  json["inputs"] = Json::array();
  json["outputs"] = Json::array();
  for (const PortSpec& input : task.inputs) json["inputs"].push_back(InputToJson(input));
  for (const PortSpec& output : task.outputs) json["outputs"].push_back(OutputToJson(output));
  return json;
}

}  // namespace

std::string WriteCatalogJson(const Catalog& catalog) {
  Json json = {{"worker", catalog.worker}, {"tasks", Json::array()}};
  for (const TaskSpec& task : catalog.tasks) json["tasks"].push_back(TaskToJson(task));
  return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace orrery::graph
