// A number that identifies one kind of object; ids of different kinds are different types.
//
//   using TaskId = StrongId<struct TaskIdTag>;
//
// Threading: thread-compatible; a value type.
#pragma once

#include <compare>
#include <cstdint>
#include <utility>

namespace orrery {

template <class Tag, class Rep = std::uint64_t>
class StrongId {
 public:
  using Representation = Rep;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }

  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;

  template <class H>
  friend H AbslHashValue(H state, const StrongId& id) {
    return H::combine(std::move(state), id.value_);
  }

 private:
  Rep value_{};
};

}  // namespace orrery
