// The place inside a value during a conversion, for error messages.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "graph/datum.h"
#include "graph/type.h"

namespace orrery::graph {

class ConversionPath {
 public:
  // Extends the path by one step until it is destroyed.
  class Step {
   public:
    // `field` outlives the step.
    Step(ConversionPath& path, std::string_view field);
    Step(ConversionPath& path, std::size_t index);
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step();

   private:
    ConversionPath& path_;
  };

  // Returns an error such as "field a[3]: expected int, found str".
  absl::Status Mismatch(std::string_view wanted, const Datum& found) const;
  absl::Status Error(std::string_view what) const;
  // Returns the status with the path before its message.
  absl::Status Wrap(const absl::Status& status) const;

  absl::Status NoCodec(const Type& type) const;
  absl::Status WrongLength(std::size_t wanted, std::size_t found) const;
  absl::Status OutOfRange(std::string_view low, std::string_view high, const Datum& found) const;
  // Requires: `object` has a field that the struct does not have, or repeats one.
  absl::Status UnknownField(const Object& object, const Type& type) const;

 private:
  std::string ToString() const;

  std::vector<std::variant<std::string_view, std::size_t>> steps_;
};

// Returns true if the datum is of the type's own kind, so that a variant prefers this alternative.
bool IsExactKind(const Datum& datum, const Type& type);

}  // namespace orrery::graph
