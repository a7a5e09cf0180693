#include "graph/builtins/elements.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

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

absl::StatusOr<Value> DecodeElement(std::string_view element, std::string_view type_name) {
  if (MayBeBytes(element)) {
    ASSIGN_OR_RETURN(Datum datum, ParseJson(element));
    if (auto* bytes = std::get_if<Bytes>(&datum.variant())) {
      return BytesElement(std::move(bytes->data), type_name);
    }
  }
  return JsonValue(std::string(element), std::string(type_name));
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

absl::StatusOr<Form> FormOf(const ValuePtr& element) {
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

// Returns an empty string if the elements have different or unknown types.
std::string ListTypeName(std::span<const ValuePtr> elements) {
  if (elements.empty() || elements[0]->type_name.empty()) return "";
  const std::string& first = elements[0]->type_name;
  const bool are_same = std::ranges::all_of(
      elements, [&first](const ValuePtr& each) { return each->type_name == first; });
  return are_same ? fmt::format("list[{}]", first) : "";
}

}  // namespace

absl::StatusOr<std::vector<Value>> UnfoldList(const Value& list) {
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
  std::vector<Value> elements;
  elements.reserve(texts->size());
  for (const std::string_view text : *texts) {
    absl::StatusOr<Value> element = DecodeElement(text, type_name);
    if (!element.ok()) {
      return Within(element.status(), fmt::format("unfold_values: element {}", elements.size()));
    }
    elements.push_back(*std::move(element));
  }
  return elements;
}

absl::StatusOr<Value> FoldList(std::span<const ValuePtr> elements) {
  std::vector<Form> forms;
  forms.reserve(elements.size());
  std::size_t total_bytes = 2;
  for (const ValuePtr& element : elements) {
    const absl::StatusOr<Form> form = FormOf(element);
    if (!form.ok()) {
      return Within(form.status(), fmt::format("fold_values: element {}", forms.size()));
    }
    const std::size_t size = element->bytes().size();
    total_bytes += forms.empty() ? 0 : kSeparator.size();
    total_bytes +=
        *form == Form::kJson ? size : kBytesBefore.size() + Base64Bytes(size) + kBytesAfter.size();
    if (total_bytes > kLimits.json_bytes_max) {
      return absl::ResourceExhaustedError(
          fmt::format("fold_values: the first {} of {} elements are already {} bytes of JSON, the "
                      "limit is {}",
                      forms.size() + 1, elements.size(), total_bytes, kLimits.json_bytes_max));
    }
    forms.push_back(*form);
  }
  std::string json;
  json.reserve(total_bytes);
  json += '[';
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) json += kSeparator;
    if (forms[i] == Form::kJson) {
      json += elements[i]->bytes();
      continue;
    }
    json += kBytesBefore;
    json += absl::Base64Escape({elements[i]->bytes().data(), elements[i]->bytes().size()});
    json += kBytesAfter;
  }
  json += ']';
  return JsonValue(std::move(json), ListTypeName(elements));
}

}  // namespace orrery::graph
