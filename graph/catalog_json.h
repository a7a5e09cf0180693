// Catalogs as JSON, for users, scripts and checks without a controller (`<worker> --catalog`).
//
//   {
//     "worker": "scipy_worker",
//     "tasks": [
//       {
//         "name": "linspace",
//         "description": "", "version": "", "cacheable": false, "effect_once": false,
//         "inputs": [
//           {"name": "num", "type": "int", "required": false, "default": 50,
//            "formats": ["application/json"]}
//         ],
//         "outputs": [
//           {"name": "value", "type": "numpy.ndarray", "formats": ["application/x-npy"]}
//         ]
//       }
//     ]
//   }
//
// "default" is present if the input has a default: a JSON value as itself, any other value as
// {"media_type", "size"}. "type_variables" is present if the task has some: the names in its types
// that stand for any type.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/task.h"

namespace orrery::graph {

// Indented; ends with a newline.
std::string WriteCatalogJson(const Catalog& catalog);

// Reads one catalog, or a list of catalogs. Only names are required; other fields have defaults,
// such as an unknown type. A default that is not JSON is not restored.
//
// Errors: kInvalidArgument, naming the worker, task and port, for a bad or repeated name, a bad
// type, or a field of the wrong kind.
absl::StatusOr<std::vector<Catalog>> ParseCatalogsJson(std::string_view json);

}  // namespace orrery::graph
