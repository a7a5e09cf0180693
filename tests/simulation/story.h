// The events of a simulated world in order: as text, and as one digest for comparison.
//
// Threading: confined.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"

namespace orrery::simulation {

class Story {
 public:
  // The clock outlives the story.
  Story(const Clock& clock, absl::Time beginning, bool tells_all)
      : clock_(clock), beginning_(beginning), tells_all_(tells_all) {}

  // Adds a line about a rare event.
  void Note(std::string_view what);

  // Adds a line about a frequent event; calls `what` for the text only if all events are told.
  template <std::invocable What>
  void Detail(What&& what) {
    if (tells_all_) lines_.push_back(Line(what()));
  }

  // Adds a number to the digest only.
  void Trace(std::uint64_t number);

  // Returns the last lines of the text.
  std::string Last(std::size_t lines) const;
  std::string All() const { return Last(lines_.size()); }
  // Returns the digest. Call once, last.
  Digest Finish() { return trace_.Finish(); }

 private:
  std::string Line(std::string_view what) const;

  const Clock& clock_;
  const absl::Time beginning_;
  const bool tells_all_;
  Sha256Stream trace_;
  std::vector<std::string> lines_;
};

}  // namespace orrery::simulation
