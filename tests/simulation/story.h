// What happens in a simulated world, told in order: for people, and as one digest for comparing.
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
  // The clock outlives it.
  Story(const Clock& clock, absl::Time beginning, bool tells_all)
      : clock_(clock), beginning_(beginning), tells_all_(tells_all) {}

  // What is rare.
  void Note(std::string_view what);

  // What happens all the time: `what` makes the words, if they are wanted.
  template <std::invocable What>
  void Detail(What&& what) {
    if (tells_all_) lines_.push_back(Line(what()));
  }

  // Becomes part of the digest, without words.
  void Trace(std::uint64_t number);

  // The last lines, one each.
  std::string Last(std::size_t lines) const;
  std::string All() const { return Last(lines_.size()); }
  // Ends the digest.
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
