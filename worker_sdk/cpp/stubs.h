// Generates typed C++ stubs of a catalog for the graph builder of client/cpp (`<worker> --stubs`).
//
// The header has a struct for each task, with its inputs as members, and the structs in their
// types. A graph built with stubs does not compile if a port or a type is wrong.
//
// Threading: functions without state.
#pragma once

#include <string>

#include "graph/task.h"

namespace orrery {

// Returns a header in `cpp_namespace`, which may be nested with "::"; empty: the worker's name.
std::string StubsHeader(const graph::Catalog& catalog, const std::string& cpp_namespace);

}  // namespace orrery
