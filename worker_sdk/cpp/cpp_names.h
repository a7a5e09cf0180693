// Makes C++ types and names from the names in a catalog.
//
// Threading: CppTypes is thread-compatible.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/type.h"

namespace orrery {

// Tells whether `text` is a letter or '_' followed by letters, digits and '_'.
bool IsIdentifier(std::string_view text);

// Returns "AddPoint" for "add_point".
std::string CamelCase(std::string_view name);

// Returns the name of a member: `name`, followed by '_' if C++ or a stub reserves it.
std::string MemberName(std::string_view name);

// Writes graph types as C++ types. Defines each struct once, before the structs that use it.
class CppTypes {
 public:
  // Unknown types and graphs are orrery::graph::Datum.
  std::string NameOf(const graph::Type& type);

  // Returns a name that is unique in the header: `wanted`, or `wanted` with a number.
  std::string UniqueName(const std::string& wanted);

  // Returns the definitions of the structs so far, each followed by an empty line.
  const std::string& definitions() const { return definitions_; }

 private:
  std::string NameOfUnion(const graph::Type& type);
  std::string NameOfStruct(const graph::Type& type);
  std::string Join(const std::vector<graph::Type>& types);

  std::vector<std::pair<graph::Type, std::string>> structs_;
  std::set<std::string> names_;
  std::string definitions_;
};

}  // namespace orrery
