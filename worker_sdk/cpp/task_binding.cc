#include "worker_sdk/cpp/task_binding.h"

#include <algorithm>
#include <set>

#include "fmt/format.h"

namespace orrery::internal {

void CheckDeclaration(const TaskDeclaration& declaration, std::size_t parameters,
                      std::vector<std::string>& problems) {
  if (declaration.args.size() != parameters) {
    problems.push_back(fmt::format("{} Args were given for {} parameters: name each parameter",
                                   declaration.args.size(), parameters));
  }
  std::set<std::string> names;
  for (const Arg& arg : declaration.args) {
    if (!IsIdentifier(arg.name())) {
      problems.push_back(
          fmt::format("invalid input name '{}': use letters, digits and '_'", arg.name()));
    } else if (!names.insert(arg.name()).second) {
      problems.push_back(fmt::format("two inputs have the name {}: rename one", arg.name()));
    }
  }
  if (declaration.options.is_cacheable && declaration.options.version.empty()) {
    problems.emplace_back("cacheable without a version: add one, and change it with the function");
  }
}

void CheckResults(const TaskDeclaration& declaration, const graph::TaskSpec& spec,
                  std::vector<std::string>& problems) {
  for (const Result& result : declaration.options.results) {
    if (spec.FindOutput(result.name()) == nullptr) {
      problems.push_back(
          fmt::format("no output port has the name '{}' of a Result", result.name()));
    }
  }
}

}  // namespace orrery::internal
