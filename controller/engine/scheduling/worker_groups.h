// Workers by what they offer: which of them has room for an attempt of a task.
//
// A *kind* is a task with its signature: its ports, types, formats, flags and version. The same
// function name with another signature is another kind, so versions of a worker live side by side.
// A *group* is all workers with the same kinds. An attempt changes a worker's standing in its group
// and nothing of its kinds, so it costs the same for one task or a thousand, and a ready kind finds
// a worker with room without looking at one that has none.
//
// Invariants: a kind is offered if a group has it in which a worker takes attempts; a group is
// dispatchable if it has a queued kind and a worker with the room that the kind needs.
//
// Threading: confined to the engine's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "base/recent_duration.h"
#include "base/strong_id.h"
#include "base/uuid.h"
#include "controller/engine/ids.h"
#include "graph/task.h"

namespace orrery::engine {

using GroupId = StrongId<struct GroupTag, std::uint32_t>;

// The room at a worker that an attempt needs.
enum class Room : std::uint8_t {
  kSlot,      // A slot that no attempt was given.
  kPrefetch,  // A place among those that wait there for a slot.
  kShort,     // The same, or little work before it.
};
inline constexpr std::size_t kRooms = 3;

// The facts of a worker that its group knows.
struct Standing {
  // Worker::rank(): the worker with the highest one gets the next attempt. Positive if it has free
  // slots.
  std::int64_t rank = 0;
  // It may be given any attempt but one that needs a slot, which it may be given if it has one.
  bool has_place = false;
  // It has no place, but little work.
  bool has_little_work = false;
  // It has no free slot, but one for which it holds a claim.
  bool has_claimed_slot = false;
  // It would start an attempt that another worker gives back.
  bool is_idle = false;
  // It may be given attempts again: it is not draining.
  bool takes = false;

  friend bool operator==(const Standing&, const Standing&) = default;
};

class WorkerGroups {
 public:
  WorkerGroups() = default;
  WorkerGroups(const WorkerGroups&) = delete;
  WorkerGroups& operator=(const WorkerGroups&) = delete;

  // --- Workers ---
  // Counts a worker of the catalog in. It costs little if the catalog is one that is known.
  GroupId Join(std::shared_ptr<const graph::Catalog> catalog);
  // Requires that the worker's standing is {}.
  void Leave(GroupId id);
  void Move(GroupId id, const Uuid& instance, const Standing& from, const Standing& to);

  // --- Kinds ---
  // Returns the kinds of the task that are offered, the newest last: in the order in which their
  // first workers came.
  const std::vector<TaskKindId>& Offered(std::string_view function_name) const;
  // Returns the kind of nodes that fit no offered kind.
  TaskKindId UnofferedKind(std::string_view function_name);
  std::optional<TaskKindId> FindUnoffered(std::string_view function_name) const;
  // Returns "worker.task"; empty if the kind is gone.
  std::string_view NameOf(TaskKindId kind) const;
  // Returns null if the kind is gone, or is that of nodes that fit no other.
  std::shared_ptr<const graph::TaskSpec> TaskOf(TaskKindId kind) const;
  const Digest& SignatureOf(TaskKindId kind) const { return kinds_.at(kind)->signature; }
  bool Offers(GroupId group, TaskKindId kind) const;
  // Returns the kind of the task in the catalog of the group.
  std::optional<TaskKindId> FindKind(GroupId group, std::string_view function_name) const;
  // Requires that the group has the kind.
  std::uint32_t TaskIndex(GroupId group, TaskKindId kind) const;
  // An attempt of the kind has taken so long; `short_max` is the most of a short one.
  void Observe(TaskKindId id, absl::Duration took, absl::Duration short_max);
  // The recent average; zero if it is not known.
  absl::Duration ExpectedDuration(TaskKindId kind) const;
  // The names of all tasks that are offered.
  std::vector<std::string> TaskNames() const;

  // --- Queues ---
  void SetQueued(TaskKindId id, bool is_queued);
  // Returns the next kind in turn that is queued and for which a worker has room.
  std::optional<TaskKindId> NextKind();
  // Returns the worker with room for an attempt of the kind that has the highest rank, then the
  // lowest instance. A task that takes effect at most once is given only to a free slot, so that
  // the worker's death says that it was running.
  std::optional<Uuid> Choose(TaskKindId id) const;
  // Returns a worker with nothing to do that offers the kind.
  std::optional<Uuid> FindIdle(TaskKindId id) const;
  // Returns the queued kinds of tasks whose offered kinds have changed, once.
  std::vector<TaskKindId> TakeDisplaced();

 private:
  struct Kind {
    std::string function_name;
    Digest signature;
    // Shares the catalog that has it; null for nodes that fit no offered kind.
    std::shared_ptr<const graph::TaskSpec> task;
    std::vector<GroupId> groups;
    std::uint32_t taking_groups = 0;
    RecentDuration duration;
    Room need = Room::kPrefetch;
    bool is_queued = false;
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };
  // The kinds of one name.
  struct Function {
    std::vector<TaskKindId> all;
    std::vector<TaskKindId> offered;
    std::optional<TaskKindId> unoffered;
  };
  using Key = std::pair<std::string, std::vector<TaskKindId>>;  // The name, and the kinds.
  // Workers by their negated rank.
  using Ranking = absl::btree_set<std::pair<std::int64_t, Uuid>>;
  struct Group {
    Key key;
    std::shared_ptr<const graph::Catalog> catalog;
    absl::flat_hash_map<TaskKindId, std::uint32_t> indices;
    std::uint32_t workers = 0;
    std::uint32_t takers = 0;
    // As Standing has them.
    Ranking with_place;
    Ranking with_little_work;
    Ranking with_claimed_slot;
    absl::btree_set<Uuid> idle;
    // By the room that they need.
    std::array<absl::btree_set<TaskKindId>, kRooms> queued;
    TaskKindId last_kind{0};
    bool is_dispatchable = false;
  };

  GroupId Add(Key key, std::shared_ptr<const graph::Catalog> catalog);
  TaskKindId AddKind(std::string_view worker, const graph::TaskSpec& task,
                     const std::shared_ptr<const graph::Catalog>& catalog);
  TaskKindId NewKind(std::string_view function_name);
  void EraseIfUnused(TaskKindId id);
  void CountTakers(Group& group, int change);
  void OnOfferedChanged(const Kind& kind);
  void SetQueuedAt(GroupId id, TaskKindId kind, Room need, bool is_queued);
  void Refresh(GroupId id, Group& group);
  // Returns the worker of the highest rank that has the room; null if no worker has it.
  static const std::pair<std::int64_t, Uuid>* FirstWith(Room room, const Group& group);
  static std::optional<TaskKindId> NextQueued(const Group& group);

  std::map<GroupId, Group> groups_;
  std::map<Key, GroupId> by_key_;
  // By the catalog that the group keeps. Lookup only, like the maps below.
  absl::flat_hash_map<const graph::Catalog*, GroupId> by_catalog_;
  absl::flat_hash_map<TaskKindId, std::unique_ptr<Kind>> kinds_;
  absl::flat_hash_map<Digest, TaskKindId> by_signature_;
  absl::flat_hash_map<std::string, Function, NameHash, std::equal_to<>> functions_;
  std::uint32_t last_group_id_ = 0;
  std::uint32_t last_kind_id_ = 0;

  absl::btree_set<GroupId> dispatchable_;
  GroupId last_group_{0};
  std::set<TaskKindId> displaced_;
};

}  // namespace orrery::engine
