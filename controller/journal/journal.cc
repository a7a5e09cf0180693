#include "controller/journal/journal.h"

#include "fmt/format.h"

namespace orrery::journal {

absl::StatusOr<Durability> ParseDurability(std::string_view text) {
  for (const Durability durability :
       {Durability::kMemory, Durability::kProcess, Durability::kDisk}) {
    if (text == DurabilityName(durability)) return durability;
  }
  return absl::InvalidArgumentError(fmt::format(
      "invalid durability \"{}\": expected memory, process or disk", text.substr(0, 64)));
}

std::string_view DurabilityName(Durability durability) {
  switch (durability) {
    case Durability::kMemory:
      return "memory";
    case Durability::kProcess:
      return "process";
    case Durability::kDisk:
      return "disk";
  }
  return "disk";
}

}  // namespace orrery::journal
