// Reads the files that a command line names: graphs, inputs, catalogs.
//
// Threading: functions without state. Calls block.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/limit.h"
#include "client/cli/console.h"

namespace orrery::cli {

// Standard input or output, as a path.
inline constexpr std::string_view kStandardStream = "-";

inline constexpr Limit kGraphFileBytes{.name = "graph_file_bytes",
                                       .max = 64 * 1024 * 1024,
                                       .unit = LimitUnit::kBytes,
                                       .of = "a file with a graph, catalogs or JSON inputs",
                                       .beyond = "the command is refused"};
inline constexpr Limit kInputFileBytes{.name = "input_file_bytes",
                                       .max = 1024 * 1024 * 1024,
                                       .unit = LimitUnit::kBytes,
                                       .of = "a file that becomes one input (`-i port:path`)",
                                       .beyond = "the command is refused"};

// Returns the name of `path` in messages.
std::string SourceName(const std::string& path);

// Reads what `path` opens to its end, be it a pipe; standard input if `path` is -.
//
// Errors: kNotFound if the file does not exist; otherwise kInvalidArgument, because the command
// line has to change.
absl::StatusOr<std::string> ReadInputFile(Console& console, const std::string& path,
                                          const Limit& limit);

}  // namespace orrery::cli
