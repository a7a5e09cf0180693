#include "graph/builtins/elements.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "base/status_macros.h"
#include "graph/json.h"
#include "graph/limits.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

constexpr std::string_view kBytesBefore = R"({"__tkr_bytes__": true, "bytes": ")";
constexpr std::string_view kBytesAfter = R"("})";
constexpr std::string_view kSeparator = ", ";

// Returns "int" for "list[int]"; empty if the name is not that of a list.
std::string_view ElementTypeName(std::string_view list_type_name) {
  constexpr std::string_view kBefore = "list[";
  if (!list_type_name.starts_with(kBefore) || !list_type_name.ends_with(']')) return "";
  std::string_view inside = list_type_name.substr(kBefore.size());
  inside.remove_suffix(1);
  int depth = 0;
  for (const char c : inside) {
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (depth < 0) return "";  // As in "list[int] | list[str]".
  }
  return inside;
}

// Returns true if a text may be an object that stands for bytes. Its key may contain escapes.
bool MayBeBytes(std::string_view element) {
  return element.starts_with('{') &&
         (element.find("__tkr_bytes__") != element.npos || element.find("\\u00") != element.npos);
}

Value BytesElement(std::string bytes, std::string_view type_name) {
  if (type_name.empty() || type_name == "bytes") return BytesValue(std::move(bytes));
  return {std::move(bytes), /*media_type=*/"", std::string(type_name)};
}

// Returns nothing if the element does not stand for bytes.
absl::StatusOr<std::optional<Value>> DecodeBytes(std::string_view element,
                                                 std::string_view type_name) {
  if (!MayBeBytes(element)) return std::nullopt;
  ASSIGN_OR_RETURN(Datum datum, ParseJson(element));
  auto* bytes = std::get_if<Bytes>(&datum.variant());
  if (bytes == nullptr) return std::nullopt;
  return BytesElement(std::move(bytes->data), type_name);
}

absl::Status NoList(std::string_view what) {
  return absl::InvalidArgumentError(
      fmt::format("unfold_values: argument value is {}, it needs a list", what));
}

// Adds the place to the beginning of the status message.
absl::Status Within(const absl::Status& status, std::string_view where) {
  return {status.code(), fmt::format("{}: {}", where, std::string(status.message()))};
}

std::size_t Base64Bytes(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

// The form of an element in a list.
enum class Form { kJson, kBytes };

absl::StatusOr<Form> FormOf(const Value* element) {
  if (element == nullptr) return absl::InvalidArgumentError("is absent");
  if (!element->is_inline()) {
    return absl::InvalidArgumentError("is a blob, it needs to be inline");
  }
  const bool is_unsaid = element->media_type.empty();
  if (!is_unsaid && element->media_type != kMediaTypeJson) return Form::kBytes;
  const absl::Status status = ScanJsonValue(element->bytes(), /*depth=*/1);
  if (status.ok()) return Form::kJson;
  if (is_unsaid) return Form::kBytes;
  return status;
}

}  // namespace

absl::Status UnfoldList(const Value& list, absl::FunctionRef<void(const Value&)> on_element) {
  if (!list.is_inline()) return NoList("a blob");
  if (!list.media_type.empty() && list.media_type != kMediaTypeJson) {
    return NoList(list.media_type);
  }
  if (!StartsJsonList(list.bytes())) {
    const absl::StatusOr<Datum> datum = ParseJson(list.bytes());
    if (datum.ok()) return NoList(datum->KindName());
    return Within(datum.status(), "unfold_values: argument value");
  }
  const absl::StatusOr<std::vector<std::string_view>> texts = ScanJsonList(list.bytes());
  if (!texts.ok()) return Within(texts.status(), "unfold_values: argument value");
  const std::string_view type_name = ElementTypeName(list.type_name);
  // One for all: short elements then need no memory of their own.
  Value json = JsonValue("", std::string(type_name));
  std::size_t index = 0;
  for (const std::string_view text : *texts) {
    absl::StatusOr<std::optional<Value>> bytes = DecodeBytes(text, type_name);
    if (!bytes.ok()) {
      return Within(bytes.status(), fmt::format("unfold_values: element {}", index));
    }
    if (!bytes->has_value()) std::get<std::string>(json.content).assign(text);
    on_element(bytes->has_value() ? **bytes : json);
    ++index;
  }
  return absl::OkStatus();
}

absl::Status ListFold::Add(const Value* element) {
  const absl::StatusOr<Form> form = FormOf(element);
  if (!form.ok()) return Within(form.status(), fmt::format("fold_values: element {}", count_));
  const std::string_view bytes = element->bytes();
  const std::size_t total_bytes =
      json_.size() + kSeparator.size() +
      (*form == Form::kJson ? bytes.size()
                            : kBytesBefore.size() + Base64Bytes(bytes.size()) + kBytesAfter.size());
  if (total_bytes > kLimits.json_bytes.max) {
    return LimitExceeded(kLimits.json_bytes,
                         fmt::format("fold_values: the JSON of the first {} elements", count_ + 1),
                         total_bytes, "let a task of a worker collect them",
                         absl::StatusCode::kResourceExhausted);
  }
  if (count_ == 0) type_name_ = element->type_name;
  if (type_name_ != element->type_name) type_name_.clear();
  if (count_++ > 0) json_ += kSeparator;
  if (*form == Form::kJson) {
    json_ += bytes;
  } else {
    json_ += kBytesBefore;
    json_ += absl::Base64Escape({bytes.data(), bytes.size()});
    json_ += kBytesAfter;
  }
  return absl::OkStatus();
}

Value ListFold::Finish() && {
  json_ += ']';
  return JsonValue(std::move(json_), type_name_.empty() ? "" : fmt::format("list[{}]", type_name_));
}

}  // namespace orrery::graph
