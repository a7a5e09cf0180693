// What the type variables of a task stand for in one call.
//
// The types that a variable meets within one argument are joined; what it meets in another argument
// must be related, so that append(list[int], "a") is a mistake and append(list[int], 1.5) is not.
//
// Threading: thread-compatible.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/type.h"

namespace orrery::graph {

// A variable that another port has given a type that does not go with this one.
struct Conflict {
  std::string variable;
  std::string_view port;  // The other.
  Type bound;             // What it is there.
  Type found;             // What it would be here.
};

class Bindings {
 public:
  // Matches the type of `port`, `pattern`, with what arrives there. Returns the first conflict with
  // the ports before, after which the variable stays what it was. `port` outlives the bindings.
  std::optional<Conflict> Unify(std::string_view port, const Type& pattern, const Type& actual);

  // `pattern` with each bound variable replaced; others stay.
  Type Apply(const Type& pattern) const;
  // The same, with unknown for variables that are not bound, and Bounded.
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
