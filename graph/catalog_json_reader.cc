#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "graph/catalog_json.h"
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

// The fields of one object. `where` leads the messages about it.
class Fields {
 public:
  Fields(const Datum& object, std::string where) : object_(object), where_(std::move(where)) {}

  // `fallback` if it is left out.
  template <class T>
  absl::StatusOr<T> Get(std::string_view name, T fallback) const {
    const Datum* field = object_.Find(name);
    if (field == nullptr) return fallback;
    if (const T* value = field->As<T>()) return *value;
    return Refuse(where_, fmt::format("\"{}\" is {}, which it cannot be", name, field->KindName()));
  }

  // The name by which it is known, which must be there.
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

// A JSON default is itself; what stands for another has exactly these two fields.
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

}  // namespace

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
