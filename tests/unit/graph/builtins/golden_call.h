// Replays of calls whose results are known, from bytes to bytes as the engine makes them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "graph/builtins/builtin.h"
#include "graph/value_codec.h"
#include "nlohmann/json.hpp"

namespace orrery::graph {

using Texts = std::map<std::string, std::string>;

// The bytes of the outputs of `builtin` for the bytes of its inputs. Requires a kFunction.
inline absl::StatusOr<Texts> Replay(const Builtin& builtin, const Texts& inputs) {
  std::vector<Datum> data;
  data.reserve(builtin.spec.inputs.size());
  std::vector<const Datum*> arguments;
  for (const PortSpec& port : builtin.spec.inputs) {
    const auto input = inputs.find(port.name);
    if (input == inputs.end()) {
      arguments.push_back(nullptr);
      continue;
    }
    const bool is_bytes = port.type.kind == TypeKind::kBytes;
    ASSIGN_OR_RETURN(Datum datum,
                     DecodeValue(is_bytes ? BytesValue(input->second) : JsonValue(input->second)));
    data.push_back(std::move(datum));
    arguments.push_back(&data.back());
  }
  ASSIGN_OR_RETURN(const auto results, builtin.call(arguments));
  Texts outputs;
  for (std::size_t i = 0; i < results.size(); ++i) {
    outputs[builtin.spec.outputs.at(i).name] = EncodeValue(results[i]).bytes();
  }
  return outputs;
}

}  // namespace orrery::graph
