#include "base/coverage_mark.h"

namespace orrery::coverage {
namespace {

// Written by one thread during static initialization, and read-only after that.
constinit const Counter* first_counter = nullptr;

}  // namespace

Counter::Counter(std::string_view name) : name_(name), next_(first_counter) {
  first_counter = this;
}

std::vector<Mark> Marks() {
  std::vector<Mark> marks;
  for (const Counter* counter = first_counter; counter != nullptr; counter = counter->next()) {
    marks.push_back(counter->mark());
  }
  std::ranges::sort(marks, {}, &Mark::name);
  return marks;
}

}  // namespace orrery::coverage
