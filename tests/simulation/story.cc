#include "tests/simulation/story.h"

#include <algorithm>

#include "fmt/format.h"

namespace orrery::simulation {

void Story::Note(std::string_view what) {
  lines_.push_back(Line(what));
  trace_.Update(lines_.back());
}

void Story::Trace(std::uint64_t number) {
  trace_.Update({reinterpret_cast<const char*>(&number), sizeof(number)});
}

std::string Story::Last(std::size_t lines) const {
  std::string text;
  for (std::size_t i = lines_.size() - std::min(lines, lines_.size()); i < lines_.size(); ++i) {
    text += lines_[i];
    text += '\n';
  }
  return text;
}

std::string Story::Line(std::string_view what) const {
  return fmt::format("{:11.6f}  {}", absl::ToDoubleSeconds(clock_.Now() - beginning_), what);
}

}  // namespace orrery::simulation
