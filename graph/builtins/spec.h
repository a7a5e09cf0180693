// Helpers for the descriptions of builtins: types, ports and rows of the table.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "graph/builtins/builtin.h"
#include "graph/task.h"
#include "graph/type.h"

namespace orrery::graph::internal {

inline Type IntType() { return SimpleType(TypeKind::kInt); }
inline Type BoolType() { return SimpleType(TypeKind::kBool); }
inline Type StrType() { return SimpleType(TypeKind::kStr); }
inline Type BytesType() { return SimpleType(TypeKind::kBytes); }
// The type of an argument that is a real number: an int is a float, and a bool counts as an int.
inline Type RealType() { return UnionOf({SimpleType(TypeKind::kFloat), BoolType()}); }
inline Type NumberType() { return UnionOf({SimpleType(TypeKind::kComplex), BoolType()}); }
// The type of an argument that is an index or a count.
inline Type IndexType() { return UnionOf({IntType(), BoolType()}); }
// The type of a result that is an int if all arguments are ints.
inline Type IntOrFloatType() { return UnionOf({IntType(), SimpleType(TypeKind::kFloat)}); }
inline Type VariableType(std::string name) {
  return {.kind = TypeKind::kVariable, .name = std::move(name)};
}

// Adds the formats that a call reads.
PortSpec Input(std::string name, Type type);
// The default is given as JSON.
PortSpec OptionalInput(std::string name, Type type, std::string default_json);

// Adds the formats that a call writes.
PortSpec Output(std::string name, Type type);
// Returns the single output "value".
std::vector<PortSpec> Result(Type type);

// Returns a task whose result depends only on its inputs. Requires: `call`.
Builtin Function(std::string name, std::vector<PortSpec> inputs, std::vector<PortSpec> outputs,
                 BuiltinFunction call, std::string description);
// Returns the builtin with the work of its calls, where that is more than linear in their bytes.
Builtin WithWork(BuiltinWork work, Builtin builtin);
// The work of reading, computing with and writing the numbers in the arguments.
std::uint64_t WorkOfNumbers(std::span<const Datum* const> arguments);

}  // namespace orrery::graph::internal
