// The types that the type variables of a task stand for in one call.
//
// The types of a variable within one argument are joined. The types in different arguments must be
// related: append(list[int], "a") is an error, append(list[int], 1.5) is not.
//
// Threading: thread-compatible.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/type.h"

namespace orrery::graph {

// A variable that has incompatible types in two ports.
struct Conflict {
  std::string variable;
  std::string_view port;  // The earlier port.
  Type bound;             // The type in the earlier port.
  Type found;             // The type in this port.
};

class Bindings {
 public:
  // Matches the type of `port`, `pattern`, with the type that arrives. Returns the first conflict
  // with an earlier port; the variable then keeps its type. `port` outlives the bindings.
  std::optional<Conflict> Unify(std::string_view port, const Type& pattern, const Type& actual);

  // Returns `pattern` with each bound variable replaced.
  Type Apply(const Type& pattern) const;
  // Same as Apply, with unknown in place of variables that are not bound; the result is Bounded.
  Type Resolve(const Type& pattern) const;

 private:
  struct Binding {
    std::string variable;
    Type type;
    std::string_view port;
  };

  const Type* Find(std::string_view variable) const;

  std::vector<Binding> bindings_;
};

bool HasVariables(const Type& type);

}  // namespace orrery::graph
