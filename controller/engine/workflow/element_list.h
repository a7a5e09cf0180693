// Many values in order, packed: the elements of a map, the iterations of a trace.
//
// A million small results cost their bytes and a cell of 8 bytes each, not a million values.
// Larger values, and blobs, are kept unpacked.
//
// Threading: thread-compatible; a list is shared only when it is complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "graph/value.h"

namespace orrery::engine {

class ElementList {
 public:
  // `count` absent elements.
  explicit ElementList(std::size_t count = 0) : count_(count) {}

  void Append(const graph::ValuePtr& value) { Set(count_++, value); }
  void Append(const graph::Value& value);
  // Sets an element, once; null: it is absent.
  void Set(std::size_t index, const graph::ValuePtr& value);

  // Returns null if the element is absent.
  graph::ValuePtr Get(std::size_t index) const;
  // Same as Get, without a value of its own for a packed element, which is put into `room`.
  const graph::Value* Read(std::size_t index, graph::Value& room) const;
  template <class Visit>
  void ForEachBlob(const Visit& visit) const {
    for (const graph::ValuePtr& value : whole_) {
      if (!value->is_inline()) visit(value->blob());
    }
  }
  // The bytes of the inline elements.
  std::size_t inline_bytes() const { return inline_bytes_; }
  std::size_t size() const { return count_; }
  // Returns true if an inline element has more than `bytes` bytes. Requires at least 128, the most
  // that a packed element has.
  bool has_larger_than(std::size_t bytes) const;

 private:
  struct Cell {
    std::uint64_t place : 40 = 0;  // Into bytes_, or into whole_.
    std::uint64_t length : 8 = 0;
    std::uint64_t kind : 16 = 0;  // kAbsent, kWhole, or 2 + an index of kinds_.
  };
  static constexpr std::uint32_t kAbsent = 0;
  static constexpr std::uint32_t kWhole = 1;
  static constexpr std::uint32_t kFirstKind = 2;

  std::uint32_t KindOf(const graph::Value& value);
  // Returns false if the value is to be kept whole.
  bool Pack(Cell& cell, const graph::Value& value);
  void Keep(Cell& cell, graph::ValuePtr value);
  Cell& MakeCell(std::size_t index);

  std::size_t count_;
  std::vector<Cell> cells_;  // Ends at the last element that was set.
  std::string bytes_;
  std::size_t inline_bytes_ = 0;
  std::vector<graph::ValuePtr> whole_;
  // Media type and type name; few, so they are searched.
  std::vector<std::pair<std::string, std::string>> kinds_;
};

using ElementListPtr = std::shared_ptr<const ElementList>;

// The elements that a node made, by port.
using MadeElements = std::vector<std::pair<std::string, ElementListPtr>>;

}  // namespace orrery::engine
