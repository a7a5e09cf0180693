// The functions that every graph can call without a worker, such as "builtins.iadd".
//
// They return what Python returns for the same arguments: integers never overflow, floor division
// and modulo take the sign of the divisor, an int equals the float of exactly its value, a bool
// counts as an int. Every call ends in bounded memory: a result beyond a limit of graph/limits.h is
// refused before it is computed. It ends soon if its work is checked before
// (graph/builtins/work.h).
//
// Threading: functions without state; the returned pointers and references refer to immutable data.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "graph/datum.h"
#include "graph/task.h"

namespace orrery::graph {

enum class BuiltinKind {
  // `call` computes the outputs.
  kFunction,
  // Collects all elements of a map into one list: ListFold of graph/builtins/elements.h.
  kFold,
  // Splits one list into the elements of a map: UnfoldList of graph/builtins/elements.h.
  kUnfold,
  // The engine draws the number: RandomRangeOf of graph/builtins/effects.h.
  kRandomInteger,
  // The engine waits: SleepDurationOf of graph/builtins/effects.h.
  kSleep,
};

// Outputs in the order of the spec.
//
// Errors: kInvalidArgument if an argument is wrong, or with the name of the exception that Python
// would raise ("ZeroDivisionError: division by zero"); kResourceExhausted if the result would
// exceed a limit.
using BuiltinResult = absl::StatusOr<absl::InlinedVector<Datum, 2>>;

// Arguments in the order of the spec's inputs. Null: absent, use the default.
using BuiltinFunction = BuiltinResult (*)(std::span<const Datum* const> arguments);

// Returns the work of a call beyond that of decoding its arguments and encoding its outputs.
// Arguments as for BuiltinFunction; they may be of wrong kinds.
using BuiltinWork = std::uint64_t (*)(std::span<const Datum* const> arguments);

struct Builtin {
  // The types of its inputs are exactly those that a call accepts.
  TaskSpec spec;
  BuiltinKind kind = BuiltinKind::kFunction;
  BuiltinFunction call = nullptr;  // Null unless the kind is kFunction.
  BuiltinWork work = nullptr;      // Null: none that decoding and encoding do not cover.
};

// Returns the builtin of a task's name without its worker, such as "iadd". Returns null if there is
// no such builtin.
const Builtin* FindBuiltin(std::string_view task);

// Returns the catalog of all builtins, as of a worker with the name kBuiltinsWorker.
const Catalog& BuiltinCatalog();

}  // namespace orrery::graph
