#include "graph/builtins/spec.h"

#include <algorithm>
#include <utility>

#include "graph/builtins/work.h"

namespace orrery::graph::internal {
namespace {

const std::string& Json() {
  static const std::string kJson(kMediaTypeJson);
  return kJson;
}
const std::string& OctetStream() {
  static const std::string kOctetStream(kMediaTypeBytes);
  return kOctetStream;
}

bool MayBeBytes(const Type& type) {
  if (type.kind == TypeKind::kUnion) return std::ranges::any_of(type.arguments, MayBeBytes);
  return type.kind == TypeKind::kVariable;
}

}  // namespace

PortSpec Input(std::string name, Type type) {
  std::vector<std::string> formats = {Json()};
  if (MayBeBytes(type)) formats = {Json(), OctetStream()};
  if (type.kind == TypeKind::kBytes) formats = {OctetStream(), Json()};
  return {.name = std::move(name), .type = std::move(type), .formats = std::move(formats)};
}

PortSpec OptionalInput(std::string name, Type type, std::string default_json) {
  PortSpec port = Input(std::move(name), std::move(type));
  port.is_required = false;
  port.default_value = JsonValue(std::move(default_json));
  return port;
}

PortSpec Output(std::string name, Type type) {
  std::vector<std::string> formats = {Json()};
  if (MayBeBytes(type)) formats = {Json(), OctetStream()};
  if (type.kind == TypeKind::kBytes) formats = {OctetStream()};
  return {.name = std::move(name), .type = std::move(type), .formats = std::move(formats)};
}

std::vector<PortSpec> Result(Type type) { return {Output("value", std::move(type))}; }

Builtin Function(std::string name, std::vector<PortSpec> inputs, std::vector<PortSpec> outputs,
                 BuiltinFunction call, std::string description) {
  return {.spec = {.name = std::move(name),
                   .inputs = std::move(inputs),
                   .outputs = std::move(outputs),
                   .is_cacheable = true,
                   .version = "1",
                   .description = std::move(description)},
          .call = call};
}

Builtin WithWork(BuiltinWork work, Builtin builtin) {
  builtin.work = work;
  return builtin;
}

std::uint64_t WorkOfNumbers(std::span<const Datum* const> arguments) {
  std::uint64_t work = 0;
  for (const Datum* argument : arguments) {
    if (argument != nullptr) work += NumbersWork(*argument);
  }
  return work;
}

}  // namespace orrery::graph::internal
