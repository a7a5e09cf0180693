// Finds the items of a list by their names, in constant time if there are many.
//
// Nodes have a few ports, or a hundred thousand: a search of the list for each of them would be
// quadratic, and a hash table for a few would cost more than the search.
//
// Threading: thread-compatible.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace orrery {

template <class Item>
class NameIndex {
 public:
  // Requires: `items`, which have a member `name`, outlive the index and do not change. Of items
  // with one name the first is found.
  explicit NameIndex(const std::vector<Item>& items) : items_(items) {
    constexpr std::size_t kFewItems = 8;
    if (items.size() <= kFewItems) return;
    by_name_.reserve(items.size());
    for (const Item& item : items) by_name_.emplace(item.name, &item);
  }

  // Null: no item has the name.
  const Item* Find(std::string_view name) const {
    if (by_name_.empty()) {
      const auto it = std::ranges::find(items_, name, &Item::name);
      return it == items_.end() ? nullptr : &*it;
    }
    const auto it = by_name_.find(name);
    return it == by_name_.end() ? nullptr : it->second;
  }
  bool Contains(std::string_view name) const { return Find(name) != nullptr; }

 private:
  const std::vector<Item>& items_;
  // Lookup only.
  absl::flat_hash_map<std::string_view, const Item*> by_name_;
};

}  // namespace orrery
