// The end of a program's output, made fit to be kept and shown.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery::graph {

// The last lines of `output` that have, with their ends, at most `bytes_max` bytes together; of a
// longer last line its end, from a character on. Control characters and bytes that are no UTF-8
// become '?', and each end of a line one '\n'; the last line has none.
std::string OutputTail(std::string_view output, std::size_t bytes_max);

}  // namespace orrery::graph
