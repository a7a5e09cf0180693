// C++ types and names for what a catalog names.
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

// "add_point" is AddPoint.
std::string CamelCase(std::string_view name);

// A member's name: itself, with '_' after it if C++ or a stub uses the name otherwise.
std::string MemberName(std::string_view name);

// The C++ spelling of graph types. Structs get a definition, once each, before those that use them.
class CppTypes {
 public:
  // Types that nobody knows, and graphs, are orrery::graph::Datum.
  std::string NameOf(const graph::Type& type);

  // A name that nothing else has in the header: `wanted`, or that with a number.
  std::string UniqueName(const std::string& wanted);

  // The definitions of the structs named so far, each ending with an empty line.
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
