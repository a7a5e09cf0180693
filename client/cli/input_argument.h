// Reads the inputs of a workflow from the command line.
//
//   -i inputs.json    an object, port -> JSON value
//   -i port=JSON      one value; a number beyond the range of a float is refused
//   -i port:path      the bytes of a file: JSON if it ends in .json, an array if it ends in .npy or
//                     has npy content, else bytes
//
// A path may be a pipe, or - for standard input. The text before the first '=' or ':' is a port
// unless it contains a '/': write ./a=b.json for a file named a=b.json. A later value of a port
// replaces an earlier one.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/console.h"
#include "graph/canonical.h"
#include "graph/value.h"

namespace orrery::cli {

enum class InputForm { kFile, kJson, kPath };

struct InputArgument {
  InputForm form = InputForm::kFile;
  // Empty for kFile.
  std::string port;
  // The path, or the JSON text.
  std::string text;

  friend bool operator==(const InputArgument&, const InputArgument&) = default;
};

InputArgument ParseInputArgument(const std::string& argument);

// Returns the value in a file, decoded by its name and first bytes.
//
// Errors: kInvalidArgument if a .json file is not JSON.
absl::StatusOr<graph::Value> ValueOfFile(const std::string& path, std::string bytes);

// Returns all inputs in the order in which their ports first appear.
//
// Errors: kInvalidArgument if JSON is malformed or a file cannot be read.
absl::StatusOr<std::vector<graph::NamedValue>> ReadInputs(
    Console& console, const std::vector<std::string>& arguments);

}  // namespace orrery::cli
