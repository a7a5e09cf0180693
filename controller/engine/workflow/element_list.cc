#include "controller/engine/workflow/element_list.h"

#include <algorithm>

#include "base/check.h"

namespace orrery::engine {
namespace {

// Beyond it a value of its own costs little more than its bytes.
constexpr std::size_t kPackedBytesMax = 128;
constexpr std::size_t kKindsMax = 16;
static_assert(kPackedBytesMax < 256);

}  // namespace

std::uint32_t ElementList::KindOf(const graph::Value& value) {
  const std::pair kind(value.media_type, value.type_name);
  auto it = std::ranges::find(kinds_, kind);
  if (it == kinds_.end()) {
    if (kinds_.size() == kKindsMax) return kWhole;
    it = kinds_.insert(it, kind);
  }
  return kFirstKind + static_cast<std::uint32_t>(it - kinds_.begin());
}

void ElementList::Set(std::size_t index, const graph::ValuePtr& value) {
  CHECK(index < count_);
  if (value == nullptr) return;
  if (index >= cells_.size()) cells_.resize(index + 1);
  Cell& cell = cells_[index];
  CHECK(cell.kind == kAbsent);
  const bool is_small = value->is_inline() && value->bytes().size() <= kPackedBytesMax;
  cell.kind = is_small ? KindOf(*value) : kWhole;
  if (cell.kind == kWhole) {
    cell.place = whole_.size();
    whole_.push_back(value);
    return;
  }
  cell.place = bytes_.size();
  cell.length = value->bytes().size();
  bytes_ += value->bytes();
}

graph::ValuePtr ElementList::Get(std::size_t index) const {
  CHECK(index < count_);
  if (index >= cells_.size()) return nullptr;
  const Cell& cell = cells_[index];
  if (cell.kind == kAbsent) return nullptr;
  if (cell.kind == kWhole) return whole_[cell.place];
  const auto& [media_type, type_name] = kinds_[cell.kind - kFirstKind];
  return std::make_shared<const graph::Value>(
      graph::Value{bytes_.substr(cell.place, cell.length), media_type, type_name});
}

bool ElementList::has_larger_than(std::size_t bytes) const {
  CHECK(bytes >= kPackedBytesMax);
  return std::ranges::any_of(whole_, [&](const graph::ValuePtr& value) {
    return value->is_inline() && value->bytes().size() > bytes;
  });
}

}  // namespace orrery::engine
