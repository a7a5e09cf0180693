// The end of a program's output, cleaned for storage and display.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery::graph {

// Returns the last lines of `output` that fit into `bytes_max` bytes, line ends included; of a
// longer last line, its end, cut between characters. Control characters and invalid UTF-8 become
// '?'. Each line ends with one '\n', except the last.
std::string OutputTail(std::string_view output, std::size_t bytes_max);

}  // namespace orrery::graph
