// The workflow that the engine is working on, in a mapped file: the kernel keeps it when the
// process dies, so the next controller knows which workflow was being worked on.
//
// A workflow on which the process died deaths_max times is held: the engine derives nothing of it.
// The file survives the death of the process, not of the machine: after a power cut it may blame
// nobody. It belongs to the journal beside it. docs/storage-format.md describes the format.
//
// Threading: confined to the loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "base/limit.h"
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
        "cancelled or resumed"};
inline constexpr Limit kPoisonEntries{
    .name = "poison_entries",
    .max = 250,
    .unit = LimitUnit::kCount,
    .of = "workflows that are held, or on which a controller has died",
    .beyond = "a death on yet another workflow is not counted"};

class WorkMarkFile : public engine::WorkMark {
 public:
  // Opens the file of a root, or makes it. If a process died at work, counts that death.
  static absl::StatusOr<std::unique_ptr<WorkMarkFile>> Open(const std::string& root);

  // Returns the workflows that the file of a root holds, without opening or changing it.
  static std::set<engine::WorkflowNumber> ReadHeld(const std::string& root);

  WorkMarkFile(const WorkMarkFile&) = delete;
  WorkMarkFile& operator=(const WorkMarkFile&) = delete;
  // Unmaps the file.
  ~WorkMarkFile() override;

  void Enter(engine::WorkflowNumber workflow) override;
  void Leave() override;

  std::set<engine::WorkflowNumber> Held() const;
  // Returns false if there is no room.
  bool Hold(engine::WorkflowNumber workflow);
  // Removes the workflows that no longer exist.
  void RemoveUnless(const std::function<bool(engine::WorkflowNumber)>& exists);
  // The controller ends in order: workflows that are not held yet are blamed for nothing.
  void ForgiveDeaths();

 private:
  struct Page;
  struct Entry;

  explicit WorkMarkFile(Page* page) : page_(page) {}
  void CountDeath();
  // Returns null if there is no room.
  Entry* FindOrAdd(engine::WorkflowNumber workflow);

  Page* const page_;
};

}  // namespace orrery::runtime
