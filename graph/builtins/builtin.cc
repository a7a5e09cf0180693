#include "graph/builtins/builtin.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "graph/builtins/topics.h"

namespace orrery::graph {
namespace {

// The table of all builtins, in the order of the catalog.
class Table {
 public:
  Table() {
    for (const auto topic :
         {internal::NumberBuiltins, internal::ComparisonBuiltins, internal::LogicBuiltins,
          internal::ListBuiltins, internal::TupleBuiltins, internal::StringBuiltins,
          internal::ConversionBuiltins, internal::StatisticsBuiltins, internal::SpecialBuiltins}) {
      for (Builtin& builtin : topic()) builtins_.push_back(std::move(builtin));
    }
    catalog_.worker = std::string(kBuiltinsWorker);
    for (const Builtin& builtin : builtins_) {
      CHECK(by_name_.emplace(builtin.spec.name, &builtin).second);
      catalog_.tasks.push_back(builtin.spec);
    }
  }

  const Builtin* Find(std::string_view task) const {
    const auto it = by_name_.find(task);
    return it == by_name_.end() ? nullptr : it->second;
  }
  const Catalog& catalog() const { return catalog_; }

 private:
  std::vector<Builtin> builtins_;
  // Keys and values point into builtins_.
  std::unordered_map<std::string_view, const Builtin*> by_name_;
  Catalog catalog_;
};

const Table& AllBuiltins() {
  static const Table kTable;
  return kTable;
}

}  // namespace

const Builtin* FindBuiltin(std::string_view task) { return AllBuiltins().Find(task); }

const Catalog& BuiltinCatalog() { return AllBuiltins().catalog(); }

}  // namespace orrery::graph
