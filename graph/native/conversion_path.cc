#include "graph/native/conversion_path.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "graph/datum_type.h"
#include "graph/json.h"
#include <fmt/format.h>

namespace orrery::graph {

ConversionPath::Step::Step(ConversionPath& path, std::string_view field) : path_(path) {
  path_.steps_.emplace_back(field);
}

ConversionPath::Step::Step(ConversionPath& path, std::size_t index) : path_(path) {
  path_.steps_.emplace_back(index);
}

ConversionPath::Step::~Step() { path_.steps_.pop_back(); }

absl::Status ConversionPath::Mismatch(std::string_view wanted, const Datum& found) const {
  return Error(fmt::format("expected {}, found {}", wanted, found.KindName()));
}

absl::Status ConversionPath::Error(std::string_view what) const {
  return absl::InvalidArgumentError(ToString().append(what));
}

absl::Status ConversionPath::Wrap(const absl::Status& status) const {
  return absl::Status(status.code(), ToString().append(std::string(status.message())));
}

absl::Status ConversionPath::NoCodec(const Type& type) const {
  return Error(fmt::format("{} has no serializer here; attach a codec for it", type.ToString()));
}

absl::Status ConversionPath::WrongLength(std::size_t wanted, std::size_t found) const {
  return Error(fmt::format("expected a list of {}, found one of {}", wanted, found));
}

absl::Status ConversionPath::OutOfRange(std::string_view low, std::string_view high,
                                        const Datum& found) const {
  return Error(fmt::format("expected a number from {} to {}, found {}", low, high,
                           WriteJson(found).substr(0, 100)));
}

absl::Status ConversionPath::UnknownField(const Object& object, const Type& type) const {
  for (const auto& [name, value] : object) {
    if (std::ranges::find(type.field_names, name) != type.field_names.end()) continue;
    return Error(fmt::format("{} has no field \"{}\"; its fields are {}", type.name, name,
                             absl::StrJoin(type.field_names, ", ")));
  }
  return Error(fmt::format("{} has a field twice", type.name));
}

std::string ConversionPath::ToString() const {
  if (steps_.empty()) return "";
  std::string text;
  for (const auto& step : steps_) {
    if (const auto* field = std::get_if<std::string_view>(&step)) {
      if (!text.empty()) text += '.';
      text += *field;
    } else {
      text += fmt::format("[{}]", std::get<std::size_t>(step));
    }
  }
  const bool is_field = std::holds_alternative<std::string_view>(steps_.front());
  return fmt::format("{} {}: ", is_field ? "field" : "element", text);
}

bool IsExactKind(const Datum& datum, const Type& type) {
  switch (type.kind) {
    case TypeKind::kUnion:
      return std::ranges::any_of(type.arguments,
                                 [&](const Type& each) { return IsExactKind(datum, each); });
    case TypeKind::kList:
    case TypeKind::kTuple:
      return datum.Is<List>();
    case TypeKind::kMap:
    case TypeKind::kStruct:
      return datum.Is<Object>();
    case TypeKind::kInt:
      return datum.Is<std::int64_t>() || datum.Is<BigInteger>();
    case TypeKind::kFloat:
      return datum.Is<double>();
    case TypeKind::kBool:
      return datum.Is<bool>();
    case TypeKind::kStr:
      return datum.Is<std::string>();
    case TypeKind::kBytes:
      return datum.Is<Bytes>();
    case TypeKind::kComplex:
      return datum.Is<std::complex<double>>();
    case TypeKind::kNone:
      return datum.Is<None>();
    default:
      return false;
  }
}

}  // namespace orrery::graph
