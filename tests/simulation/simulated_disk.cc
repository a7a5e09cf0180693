#include "tests/simulation/simulated_disk.h"

#include <algorithm>
#include <utility>

namespace orrery::simulation {

journal::Lsn SimulatedDisk::Append(std::vector<engine::Record> records) {
  on_append_(journal_.last_lsn() + 1, records);
  boundaries_.push_back(journal_.Append(std::move(records)));
  return boundaries_.back();
}

bool SimulatedDisk::MayLoseDurable(Death death) const {
  if (durability_ == journal::Durability::kMemory) return true;
  return durability_ == journal::Durability::kProcess && death == Death::kPowerCut;
}

journal::Lsn SimulatedDisk::DrawSurvivors(Death death, Dice& dice) const {
  if (durability_ == journal::Durability::kMemory) return 0;
  // The page cache is written back within seconds.
  constexpr std::ptrdiff_t kUnsyncedMax = 20;
  auto first = std::ranges::lower_bound(boundaries_, journal_.durable_lsn());
  if (MayLoseDurable(death)) first -= std::min(kUnsyncedMax, first - boundaries_.begin());
  const std::uint64_t candidates = static_cast<std::uint64_t>(boundaries_.end() - first);
  if (candidates == 0) return journal_.durable_lsn();
  return *(first + static_cast<std::ptrdiff_t>(dice.Below(candidates)));
}

journal::Lsn SimulatedDisk::SurvivorsAtEnd(bool keeps_last) const {
  if (durability_ == journal::Durability::kMemory) return 0;
  const std::size_t count = boundaries_.size() - (keeps_last ? 0 : 1);
  return std::max(count == 0 ? 0 : boundaries_[count - 1], journal_.durable_lsn());
}

void SimulatedDisk::Crash(journal::Lsn survivors) {
  journal_.CrashKeeping(survivors);
  std::erase_if(boundaries_, [&](journal::Lsn last) { return last > survivors; });
}

}  // namespace orrery::simulation
