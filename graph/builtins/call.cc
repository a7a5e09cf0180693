#include "graph/builtins/call.h"

#include <optional>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include <fmt/format.h>

namespace orrery::graph::internal {
namespace {

// "an int", "a str".
std::string WithArticle(std::string_view noun) {
  const bool is_vowel = !noun.empty() && std::string_view("aeiou").find(noun[0]) != noun.npos;
  return fmt::format("{} {}", is_vowel ? "an" : "a", noun);
}

std::string Described(const Datum& datum) {
  if (datum.Is<None>() || datum.Is<Bytes>()) return std::string(datum.KindName());
  return WithArticle(datum.KindName());
}

}  // namespace

absl::StatusOr<const Datum*> Call::Any(Port port) const {
  const Datum* datum = Find(port.index);
  if (datum != nullptr) return datum;
  return absl::InvalidArgumentError(
      fmt::format("{}: argument {} is absent and has no default", task_, port.name));
}

absl::StatusOr<const List*> Call::ListAt(Port port) const {
  ASSIGN_OR_RETURN(const Datum* datum, Any(port));
  if (const auto* list = datum->As<List>()) return list;
  return Mismatch(port, *datum, "a list");
}

absl::StatusOr<const std::string*> Call::TextAt(Port port) const {
  ASSIGN_OR_RETURN(const Datum* datum, Any(port));
  if (const auto* text = datum->As<std::string>()) return text;
  return Mismatch(port, *datum, "a str");
}

absl::StatusOr<const Bytes*> Call::BytesAt(Port port) const {
  ASSIGN_OR_RETURN(const Datum* datum, Any(port));
  if (const auto* bytes = datum->As<Bytes>()) return bytes;
  return Mismatch(port, *datum, "bytes");
}

absl::StatusOr<Number> Call::NumberAt(Port port) const {
  ASSIGN_OR_RETURN(const Datum* datum, Any(port));
  std::optional<Number> number = AsNumber(*datum);
  if (number.has_value()) return *std::move(number);
  return Mismatch(port, *datum, "a number");
}

absl::StatusOr<Integer> Call::IntegerAt(Port port) const {
  ASSIGN_OR_RETURN(const Datum* datum, Any(port));
  std::optional<Integer> integer = AsInteger(*datum);
  if (integer.has_value()) return *std::move(integer);
  return Mismatch(port, *datum, "an int");
}

absl::Status Call::Mismatch(Port port, const Datum& found, std::string_view needed) const {
  return absl::InvalidArgumentError(fmt::format("{}: argument {} is {}, it needs {}", task_,
                                                port.name, Described(found), needed));
}

absl::Status Call::ElementMismatch(Port port, std::size_t element, const Datum& found,
                                   std::string_view needed) const {
  return absl::InvalidArgumentError(fmt::format("{}: argument {}[{}] is {}, it needs {}", task_,
                                                port.name, element, Described(found), needed));
}

}  // namespace orrery::graph::internal
