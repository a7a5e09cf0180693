// The inputs of a workflow as the command line gives them.
//
//   -i inputs.json    an object, port -> JSON value
//   -i port=JSON      one value
//   -i port:path      the bytes of a file: .json is JSON, .npy (or npy content) an array, others
//   bytes
//
// What stands before the first '=' or ':' is a port unless it holds a '/': write ./a=b.json for a
// file named a=b.json. A port given again replaces the earlier value.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
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

// The value a file holds, by its name and its first bytes. kInvalidArgument: a .json file without
// JSON.
absl::StatusOr<graph::Value> ValueOfFile(const std::string& path, std::string bytes);

// All inputs, in the order in which their ports first appeared. kInvalidArgument: malformed JSON,
// or a file that cannot be read.
absl::StatusOr<std::vector<graph::NamedValue>> ReadInputs(
    const std::vector<std::string>& arguments);

}  // namespace orrery::cli
