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

bool ElementList::Pack(Cell& cell, const graph::Value& value) {
  if (!value.is_inline() || value.bytes().size() > kPackedBytesMax) return false;
  const std::uint32_t kind = KindOf(value);
  if (kind == kWhole) return false;
  cell.kind = kind;
  cell.place = bytes_.size();
  cell.length = value.bytes().size();
  bytes_ += value.bytes();
  inline_bytes_ += value.bytes().size();
  return true;
}

void ElementList::Keep(Cell& cell, graph::ValuePtr value) {
  cell.kind = kWhole;
  cell.place = whole_.size();
  if (value->is_inline()) inline_bytes_ += value->bytes().size();
  whole_.push_back(std::move(value));
}

ElementList::Cell& ElementList::MakeCell(std::size_t index) {
  CHECK(index < count_);
  if (index >= cells_.size()) cells_.resize(index + 1);
  Cell& cell = cells_[index];
  CHECK(cell.kind == kAbsent);
  return cell;
}

void ElementList::Set(std::size_t index, const graph::ValuePtr& value) {
  if (value == nullptr) return;
  Cell& cell = MakeCell(index);
  if (!Pack(cell, *value)) Keep(cell, value);
}

void ElementList::Append(const graph::Value& value) {
  Cell& cell = MakeCell(count_++);
  if (!Pack(cell, value)) Keep(cell, std::make_shared<const graph::Value>(value));
}

const graph::Value* ElementList::Read(std::size_t index, graph::Value& room) const {
  CHECK(index < count_);
  if (index >= cells_.size()) return nullptr;
  const Cell& cell = cells_[index];
  if (cell.kind == kAbsent) return nullptr;
  if (cell.kind == kWhole) return whole_[cell.place].get();
  const auto& [media_type, type_name] = kinds_[cell.kind - kFirstKind];
  const std::string_view bytes = std::string_view(bytes_).substr(cell.place, cell.length);
  if (auto* text = std::get_if<std::string>(&room.content)) {
    text->assign(bytes);
  } else {
    room.content = std::string(bytes);
  }
  room.media_type = media_type;
  room.type_name = type_name;
  return &room;
}

graph::ValuePtr ElementList::Get(std::size_t index) const {
  if (index < cells_.size() && cells_[index].kind == kWhole) return whole_[cells_[index].place];
  graph::Value room;
  if (Read(index, room) == nullptr) return nullptr;
  return std::make_shared<const graph::Value>(std::move(room));
}

bool ElementList::has_larger_than(std::size_t bytes) const {
  CHECK(bytes >= kPackedBytesMax);
  return std::ranges::any_of(whole_, [&](const graph::ValuePtr& value) {
    return value->is_inline() && value->bytes().size() > bytes;
  });
}

}  // namespace orrery::engine
