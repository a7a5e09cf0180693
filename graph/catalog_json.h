// Catalogs as JSON, for people, scripts and checks without a controller (`<worker> --catalog`).
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
// "default" is there if the input has one: a JSON value as itself, any other as
// {"media_type", "size"}. "type_variables" is there if a task has some: the names in its types that
// stand for any type.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/task.h"

namespace orrery::graph {

// Indented, ends with a newline.
std::string WriteCatalogJson(const Catalog& catalog);

// Reads one catalog, or a list of them. Only the names must be there: what is left out of a task
// has its default, an unknown type say. A default that is no JSON is not restored.
// kInvalidArgument names the worker, task and port: a name that is none or is repeated, a wrong
// type, a field of another kind.
absl::StatusOr<std::vector<Catalog>> ParseCatalogsJson(std::string_view json);

}  // namespace orrery::graph
