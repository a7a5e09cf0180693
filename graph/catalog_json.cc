#include "graph/catalog_json.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "graph/datum.h"
#include "graph/json.h"
#include "graph/name.h"
#include "graph/type_text.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

absl::Status Refuse(std::string_view where, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", where, what));
}

// The fields of one object. `where` is the beginning of error messages.
class Fields {
 public:
  Fields(const Datum& object, std::string where) : object_(object), where_(std::move(where)) {}

  // Returns `fallback` if the field is missing.
  template <class T>
  absl::StatusOr<T> Get(std::string_view name, T fallback) const {
    const Datum* field = object_.Find(name);
    if (field == nullptr) return fallback;
    if (const T* value = field->As<T>()) return *value;
    return Refuse(where_, fmt::format("\"{}\" is {}, which it cannot be", name, field->KindName()));
  }

  // Returns the required name.
  absl::StatusOr<std::string> GetName(std::string_view field) const {
    if (object_.Find(field) == nullptr)
      return Refuse(where_, fmt::format("\"{}\" is missing", field));
    ASSIGN_OR_RETURN(std::string name, Get<std::string>(field, ""));
    const std::string problem = NameProblem(name);
    if (problem.empty()) return name;
    return Refuse(where_, fmt::format("\"{}\" {}", field, problem));
  }

  absl::StatusOr<std::vector<std::string>> GetTexts(std::string_view name) const {
    ASSIGN_OR_RETURN(const List list, Get<List>(name, {}));
    std::vector<std::string> texts;
    for (const Datum& each : list) {
      const std::string* text = each.As<std::string>();
      if (text == nullptr) {
        return Refuse(where_,
                      fmt::format("\"{}\" has {} among its strings", name, each.KindName()));
      }
      texts.push_back(*text);
    }
    return texts;
  }

  const Datum* Find(std::string_view name) const { return object_.Find(name); }
  const std::string& where() const { return where_; }

 private:
  const Datum& object_;
  const std::string where_;
};

// Returns a JSON default as itself; the form of any other default has exactly these two fields.
std::optional<Value> DefaultOf(const Datum& datum) {
  const Object* object = datum.As<Object>();
  const bool is_other = object != nullptr && object->size() == 2 &&
                        datum.Find("media_type") != nullptr && datum.Find("size") != nullptr;
  if (is_other) return std::nullopt;
  return JsonValue(WriteJson(datum));
}

absl::StatusOr<PortSpec> ReadPort(const Fields& fields, std::span<const std::string> variables) {
  PortSpec port;
  ASSIGN_OR_RETURN(port.name, fields.GetName("name"));
  ASSIGN_OR_RETURN(const std::string type, fields.Get<std::string>("type", "unknown"));
  absl::StatusOr<Type> parsed = ParseType(type, variables);
  if (!parsed.ok()) {
    return Refuse(fields.where(), std::string(parsed.status().message()));
  }
  port.type = *std::move(parsed);
  ASSIGN_OR_RETURN(port.is_required, fields.Get<bool>("required", true));
  if (const Datum* datum = fields.Find("default")) port.default_value = DefaultOf(*datum);
  ASSIGN_OR_RETURN(port.formats, fields.GetTexts("formats"));
  return port;
}

absl::StatusOr<std::vector<PortSpec>> ReadPorts(const Fields& task, std::string_view field,
                                                std::span<const std::string> variables) {
  ASSIGN_OR_RETURN(const List list, task.Get<List>(field, {}));
  std::vector<PortSpec> ports;
  for (const Datum& each : list) {
    const std::string where = fmt::format("{}: {}[{}]", task.where(), field, ports.size());
    ASSIGN_OR_RETURN(PortSpec port, ReadPort(Fields(each, where), variables));
    if (std::ranges::find(ports, port.name, &PortSpec::name) != ports.end()) {
      return Refuse(where, fmt::format("there is a port \"{}\" before it", port.name));
    }
    ports.push_back(std::move(port));
  }
  return ports;
}

absl::StatusOr<TaskSpec> ReadTask(const Datum& datum, std::string_view worker) {
  const Fields unnamed(datum, fmt::format("worker \"{}\": a task", worker));
  TaskSpec task;
  ASSIGN_OR_RETURN(task.name, unnamed.GetName("name"));
  const Fields fields(datum, fmt::format("worker \"{}\": task \"{}\"", worker, task.name));
  ASSIGN_OR_RETURN(task.description, fields.Get<std::string>("description", ""));
  ASSIGN_OR_RETURN(task.version, fields.Get<std::string>("version", ""));
  ASSIGN_OR_RETURN(task.is_cacheable, fields.Get<bool>("cacheable", false));
  ASSIGN_OR_RETURN(task.is_effect_once, fields.Get<bool>("effect_once", false));
  ASSIGN_OR_RETURN(const std::vector<std::string> variables, fields.GetTexts("type_variables"));
  ASSIGN_OR_RETURN(task.inputs, ReadPorts(fields, "inputs", variables));
  ASSIGN_OR_RETURN(task.outputs, ReadPorts(fields, "outputs", variables));
  return task;
}

absl::StatusOr<Catalog> ReadCatalog(const Datum& datum) {
  const Fields fields(datum, "a catalog");
  Catalog catalog;
  ASSIGN_OR_RETURN(catalog.worker, fields.GetName("worker"));
  ASSIGN_OR_RETURN(const List tasks, fields.Get<List>("tasks", {}));
  for (const Datum& each : tasks) {
    ASSIGN_OR_RETURN(TaskSpec task, ReadTask(each, catalog.worker));
    if (catalog.Find(task.name) != nullptr) {
      return Refuse(fmt::format("worker \"{}\"", catalog.worker),
                    fmt::format("two tasks are called \"{}\"", task.name));
    }
    catalog.tasks.push_back(std::move(task));
  }
  return catalog;
}

// Standard JSON has no NaN and no Infinity.
bool IsFinite(const Datum& datum) {
  if (const double* number = datum.As<double>()) return std::isfinite(*number);
  if (const List* list = datum.As<List>()) return std::ranges::all_of(*list, IsFinite);
  if (const Object* object = datum.As<Object>()) {
    return std::ranges::all_of(*object, [](const auto& field) { return IsFinite(field.second); });
  }
  const auto* complex = datum.As<std::complex<double>>();
  return complex == nullptr || (std::isfinite(complex->real()) && std::isfinite(complex->imag()));
}

Datum DefaultToDatum(const Value& value) {
  if (value.media_type == kMediaTypeJson && value.is_inline()) {
    absl::StatusOr<Datum> datum = ParseJson(value.bytes());
    if (datum.ok() && IsFinite(*datum)) return *std::move(datum);
    return std::string(value.bytes());
  }
  return Object{{"media_type", value.media_type}, {"size", value.size_bytes()}};
}

List TextsToList(const auto& texts) { return List(texts.begin(), texts.end()); }

Datum InputToDatum(const PortSpec& port) {
  Object object = {
      {"name", port.name}, {"type", port.type.ToString()}, {"required", port.is_required}};
  if (port.default_value.has_value()) {
    object.emplace_back("default", DefaultToDatum(*port.default_value));
  }
  object.emplace_back("formats", TextsToList(port.formats));
  return object;
}

Datum OutputToDatum(const PortSpec& port) {
  return Object{
      {"name", port.name}, {"type", port.type.ToString()}, {"formats", TextsToList(port.formats)}};
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

Datum TaskToDatum(const TaskSpec& task) {
  Object object = {{"name", task.name},
                   {"description", task.description},
                   {"version", task.version},
                   {"cacheable", task.is_cacheable},
                   {"effect_once", task.is_effect_once}};
  const std::set<std::string> variables = VariablesOf(task);
  if (!variables.empty()) object.emplace_back("type_variables", TextsToList(variables));
  List inputs;
  List outputs;
  for (const PortSpec& input : task.inputs) inputs.push_back(InputToDatum(input));
  for (const PortSpec& output : task.outputs) outputs.push_back(OutputToDatum(output));
  object.emplace_back("inputs", std::move(inputs));
  object.emplace_back("outputs", std::move(outputs));
  return object;
}

}  // namespace

std::string WriteCatalogJson(const Catalog& catalog) {
  List tasks;
  for (const TaskSpec& task : catalog.tasks) tasks.push_back(TaskToDatum(task));
  return WriteJson(Object{{"worker", catalog.worker}, {"tasks", std::move(tasks)}},
                   JsonStyle::kReadable) +
         "\n";
}

absl::StatusOr<std::vector<Catalog>> ParseCatalogsJson(std::string_view json) {
  ASSIGN_OR_RETURN(const Datum datum, ParseJson(json));
  std::vector<Catalog> catalogs;
  if (const List* list = datum.As<List>()) {
    for (const Datum& each : *list) {
      ASSIGN_OR_RETURN(Catalog catalog, ReadCatalog(each));
      catalogs.push_back(std::move(catalog));
    }
    return catalogs;
  }
  ASSIGN_OR_RETURN(Catalog catalog, ReadCatalog(datum));
  catalogs.push_back(std::move(catalog));
  return catalogs;
}

}  // namespace orrery::graph
