#include "graph/check/input_uses.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "base/shown_text.h"
#include "graph/check/common_value.h"
#include "graph/check/wording.h"
#include "graph/limits.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

Mismatch Contradiction(const InputUse& use, const InputUse& before) {
  const bool is_type = HaveCommonFormat(*use.port, *before.port);
  const auto wish_of = [is_type](const PortSpec& port) {
    return is_type ? "takes " + TypeText(port.type) : "reads " + absl::StrJoin(port.formats, ", ");
  };
  Mismatch mismatch;
  if (is_type) {
    mismatch.expected = TypeText(use.port->type);
    mismatch.found = TypeText(before.port->type);
  }
  mismatch.message = fmt::format(
      "{}, but the input {} also goes to port {} of {} at {}, which {}; no value fits "
      "both",
      wish_of(*use.port), Quoted(*use.input), Quoted(before.port->name),
      NodeLabel(*before.definition->graph, before.node),
      NodeLocation(before.definition->location, before.node), wish_of(*before.port));
  return mismatch;
}

}  // namespace

std::optional<Mismatch> InputUses::Add(const InputUse& use) {
  std::vector<InputUse>& uses = uses_[use.input];
  if (uses.size() == kLimits.input_uses.max ||
      std::ranges::find(uses, use.port, &InputUse::port) != uses.end()) {
    return std::nullopt;
  }
  const auto contradicted = std::ranges::find_if(
      uses, [&](const InputUse& before) { return !HaveCommonValue(*before.port, *use.port); });
  if (contradicted != uses.end()) return Contradiction(use, *contradicted);
  uses.push_back(use);
  return std::nullopt;
}

}  // namespace orrery::graph
