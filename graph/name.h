// Names of ports, tasks, workers and loops.
//
// A port becomes a file of the checkpoint tree, so its name must be a valid file name. The same
// rule holds for the other names, which appear in paths, logs and proto strings.
//
// Threading: functions without state.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace orrery::graph {

// Returns the problem of a name as the end of a sentence, such as "is empty". Returns an empty
// string if the name is valid.
std::string NameProblem(std::string_view name);

// Returns the candidate that is closest to `name`, as a suggestion after a typing error. Returns an
// empty string if none is close.
std::string ClosestName(std::string_view name, std::span<const std::string> candidates);

}  // namespace orrery::graph
