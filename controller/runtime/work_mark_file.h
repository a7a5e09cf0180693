// The workflow that the engine is working on, in a mapped file: the kernel keeps it when the
// process dies, so the next controller knows which workflow was being worked on.
//
// A workflow on which the process died kPoisonDeaths times is held: the engine derives nothing of
// it. If it was not even recorded before the process died, it is refused when it is submitted
// again. The file survives the death of the process, not of the machine: after a power cut it may
// blame nobody. It belongs to the journal beside it. docs/storage-format.md describes the format.
//
// Threading: confined to the loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/limit.h"
#include "base/uuid.h"
#include "controller/engine/ids.h"
#include "controller/engine/work_mark.h"

namespace orrery::runtime {

inline constexpr Limit kPoisonDeaths{
    .name = "poison_deaths",
    .max = 2,
    .unit = LimitUnit::kCount,
    .of =
        "deaths of the controller while it worked on one workflow, without an orderly end between",
    .beyond =
        "from the last of them on, the workflow is held: nothing of it runs until it is "
        "cancelled or resumed; if it was never recorded, it is refused"};
inline constexpr Limit kPoisonEntries{
    .name = "poison_entries",
    .max = 250,
    .unit = LimitUnit::kCount,
    .of = "workflows that are held, or on which a controller has died",
    .beyond = "a death on yet another workflow is not counted"};

class WorkMarkFile : public engine::WorkMark {
 public:
  using Held = std::map<Uuid, engine::WorkflowNumber>;
  // Returns the number of a workflow, if it exists.
  using Find = std::function<std::optional<engine::WorkflowNumber>(const Uuid&)>;

  // Opens the file of a root, or makes it. If a process died at work, counts that death.
  static absl::StatusOr<std::unique_ptr<WorkMarkFile>> Open(const std::string& root);

  // Returns the workflows that the file of a root holds, without opening or changing it.
  static Held ReadHeld(const std::string& root);

  WorkMarkFile(const WorkMarkFile&) = delete;
  WorkMarkFile& operator=(const WorkMarkFile&) = delete;
  // Unmaps the file.
  ~WorkMarkFile() override;

  Held held() const;
  // Returns false if there is no room.
  bool Hold(engine::WorkflowNumber number, const Uuid& id);
  // Removes the workflows that were run again, which gives them another number, or deleted.
  void RemoveStale(const Find& find);
  // The controller ends in order: workflows that are not held yet, and those that were never
  // recorded, are blamed for nothing.
  void ForgiveDeaths(const Find& find);

 private:
  struct Page;
  struct Entry;

  explicit WorkMarkFile(Page* page) : page_(page) {}
  void Begin(engine::WorkflowNumber number, const Uuid& id) override;
  void End() override;
  void CountDeath();
  // Returns null if there is no room.
  Entry* FindOrAdd(engine::WorkflowNumber number, const Uuid& id);
  void RemoveIf(const std::function<bool(const Entry&)>& is_removed);

  Page* const page_;
};

}  // namespace orrery::runtime
