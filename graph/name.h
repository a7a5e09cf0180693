// Names of ports, tasks, workers and loops.
//
// A port becomes a file of the checkpoint tree, so its name must be usable as one. The same rule
// holds for the others, which appear in paths, logs and proto strings too.
//
// Threading: functions without state.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace orrery::graph {

// What is wrong with a name, as the end of a sentence: "is empty". Empty if nothing is.
std::string NameProblem(std::string_view name);

// The candidate that a slip of the hand turns into `name`; empty if none is that close.
std::string ClosestName(std::string_view name, std::span<const std::string> candidates);

}  // namespace orrery::graph
