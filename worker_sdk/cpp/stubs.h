// Typed C++ stubs of a catalog, for the graph builder of client/cpp (`<worker> --stubs`).
//
// A header of its own: a struct per task with its inputs as members, and the structs that its types
// name. A graph built with them does not compile if a port or a type is wrong.
//
// Threading: functions without state.
#pragma once

#include <string>

#include "graph/task.h"

namespace orrery {

// In `cpp_namespace`, which may be nested with "::"; empty: the worker's name.
std::string StubsHeader(const graph::Catalog& catalog, const std::string& cpp_namespace);

}  // namespace orrery
