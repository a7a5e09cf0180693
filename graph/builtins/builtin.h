// The functions that every graph may call without a worker: "builtins.iadd" and its like.
//
// They do what Python does with the same arguments: integers never overflow, floor division and
// modulo take the divisor's sign, an int equals the float of exactly its value, a bool counts as an
// int. Whatever the arguments are, a call ends soon and in bounded memory; what would be beyond a
// limit of graph/limits.h is refused before it is made.
//
// Threading: functions without state; what they return pointers and references to is immutable.
#pragma once

#include <span>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "graph/datum.h"
#include "graph/task.h"

namespace orrery::graph {

enum class BuiltinKind {
  kFunction,       // `call` computes the outputs.
  kFold,           // All elements of a map to one list: FoldList of graph/builtins/elements.h.
  kUnfold,         // One list to the elements of a map: UnfoldList of graph/builtins/elements.h.
  kRandomInteger,  // Chance comes from outside: RandomRangeOf of graph/builtins/effects.h.
  kSleep,          // So does time: SleepDurationOf of graph/builtins/effects.h.
};

// In the order of the spec's outputs. kInvalidArgument: an argument is wrong, or Python would raise
// an error, which is then named ("ZeroDivisionError: division by zero"); kResourceExhausted: the
// result would be beyond a limit.
using BuiltinResult = absl::StatusOr<absl::InlinedVector<Datum, 2>>;

// In the order of the spec's inputs; null: absent, which takes the default.
using BuiltinFunction = BuiltinResult (*)(std::span<const Datum* const> arguments);

struct Builtin {
  // The types of its inputs are all that a call accepts.
  TaskSpec spec;
  BuiltinKind kind = BuiltinKind::kFunction;
  BuiltinFunction call = nullptr;  // Null unless the kind is kFunction.
};

// The builtin of a task's name without its worker, "iadd"; null if there is none.
const Builtin* FindBuiltin(std::string_view task);

// What a worker of the name kBuiltinsWorker would offer: the spec of every builtin.
const Catalog& BuiltinCatalog();

}  // namespace orrery::graph
