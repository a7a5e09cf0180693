// Identifies a call by its content: the same call of a cacheable task has the same outcome.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
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

// Those that are wired and not absent, in the order of their names, the first kCallInputsMax.
std::vector<CallInput> DescribeInputs(const Workflow& workflow, NodeRef node);

inline constexpr std::size_t kCallInputsMax = 32;

}  // namespace orrery::engine
