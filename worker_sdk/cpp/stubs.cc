#include "worker_sdk/cpp/stubs.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "worker_sdk/cpp/cpp_names.h"

namespace orrery {
namespace {

constexpr std::string_view kFileStart =
    R"(// Typed stubs of the tasks of {0}, printed by `{0} --stubs`.
#pragma once

#include <complex>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "boost/describe/class.hpp"
#include "client/cpp/builder.h"

)";

std::string PortOf(const std::string& type) {
  return fmt::format("orrery::client::Port<{}>", type);
}

bool IsSingleValue(const std::vector<graph::PortSpec>& outputs) {
  return outputs.size() == 1 && outputs[0].name == "value";
}

// The member `Outputs` of a task's stub.
std::string OutputsOf(const graph::TaskSpec& task, CppTypes& types) {
  if (IsSingleValue(task.outputs)) {
    return fmt::format("  using Outputs = {};\n", PortOf(types.NameOf(task.outputs[0].type)));
  }
  std::string members;
  std::string visits;
  std::vector<std::string> binds;
  for (const graph::PortSpec& output : task.outputs) {
    const std::string type = types.NameOf(output.type);
    const std::string member = MemberName(output.name);
    members += fmt::format("    {} {};\n", PortOf(type), member);
    visits += fmt::format("      visit(\"{}\", {});\n", output.name, member);
    binds.push_back(fmt::format("bind.template Port<{}>(\"{}\")", type, output.name));
  }
  return fmt::format(
      "  struct Outputs {{\n{}"
      "    template <class Binder>\n"
      "    static Outputs Bind(Binder&& bind) {{\n"
      "      return {{{}}};\n"
      "    }}\n"
      "    template <class Visitor>\n"
      "    void VisitPorts(Visitor&& visit) const {{\n{}    }}\n"
      "  }};\n",
      members, fmt::join(binds, ",\n              "), visits);
}

// One line, whatever the description is.
std::string CommentOf(const std::string& description) {
  if (description.empty()) return "";
  return fmt::format("// {}\n", absl::StrReplaceAll(description, {{"\n", " "}, {"\\", "/"}}));
}

std::string StubOf(const std::string& worker, const graph::TaskSpec& task, CppTypes& types) {
  const std::string outputs = OutputsOf(task, types);
  std::string members;
  std::vector<std::string> visits;
  for (const graph::PortSpec& input : task.inputs) {
    const std::string member = MemberName(input.name);
    members +=
        fmt::format("  orrery::client::{}<{}> {};\n", input.is_required ? "In" : "OptionalIn",
                    types.NameOf(input.type), member);
    visits.push_back(fmt::format("    visit(\"{}\", {});\n", input.name, member));
  }
  return fmt::format(
      "{}struct {} {{\n"
      "  static constexpr std::string_view kFunctionName = \"{}.{}\";\n{}{}"
      "  template <class Visitor>\n"
      "  void VisitInputs([[maybe_unused]] Visitor&& visit) const {{\n{}  }}\n"
      "}};\n\n",
      CommentOf(task.description), types.UniqueName(CamelCase(task.name)), worker, task.name,
      outputs, members, fmt::join(visits, ""));
}

}  // namespace

std::string StubsHeader(const graph::Catalog& catalog, const std::string& cpp_namespace) {
  const std::string space =
      cpp_namespace.empty() ? absl::StrReplaceAll(catalog.worker, {{".", "::"}}) : cpp_namespace;
  CppTypes types;
  std::string stubs;
  for (const graph::TaskSpec& task : catalog.tasks) stubs += StubOf(catalog.worker, task, types);
  return fmt::format(kFileStart, catalog.worker) + fmt::format("namespace {} {{\n\n", space) +
         types.definitions() + stubs + fmt::format("}}  // namespace {}\n", space);
}

}  // namespace orrery
