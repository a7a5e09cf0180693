// Identifies a call by its content: the same call of a cacheable task has the same outcome.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/limit.h"
#include "controller/engine/workflow/workflow.h"

namespace orrery::engine {

// Names the inputs. Requires a task, or a builtin, whose inputs are there; so do those below.
Digest DigestInputsOf(const Workflow& workflow, NodeRef node);

// Names the function and its inputs (history.h).
Digest CallDigestOf(const Workflow& workflow, NodeRef node);

// Names a call of a version of a cacheable task.
Digest CacheKey(const Digest& call, std::string_view version);

// An input of a call.
struct CallInput {
  std::string port;
  Digest digest;
  // For people: a small JSON value as it is, of any other the beginning of its digest.
  std::string text;

  friend bool operator==(const CallInput&, const CallInput&) = default;
};

// Those that are wired and not absent, in the order of their names, the first kCallInputs.
std::vector<CallInput> DescribeInputs(const Workflow& workflow, NodeRef node);

inline constexpr Limit kCallInputs{
    .name = "call_inputs",
    .max = 32,
    .unit = LimitUnit::kCount,
    .of = "inputs of a call of a cacheable task that are kept to explain others",
    .beyond = "that another input differs is said without its name"};

}  // namespace orrery::engine
