#include "client/cli/input_argument.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/datum.h"
#include "graph/json.h"
#include "graph/limits.h"
#include "graph/value_codec.h"

namespace orrery::cli {
namespace {

constexpr std::uint64_t kInputFileBytesMax = std::uint64_t{1} << 30;
constexpr std::string_view kNpyMagic("\x93NUMPY", 6);

absl::StatusOr<std::string> ReadInputFile(const std::string& path, std::uint64_t bytes_max) {
  absl::StatusOr<std::string> bytes = ReadFile(path, bytes_max);
  // Every error means that the command line has to change.
  if (!bytes.ok()) return absl::InvalidArgumentError(std::string(bytes.status().message()));
  return bytes;
}

absl::StatusOr<graph::Datum> ParseInputJson(std::string_view text, std::string_view what) {
  absl::StatusOr<graph::Datum> datum = graph::ParseJson(text);
  if (!datum.ok()) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: {}", what,
        std::string_view(datum.status().message().data(), datum.status().message().size())));
  }
  return datum;
}

void SetInput(std::vector<graph::NamedValue>& inputs, const std::string& port, graph::Value value) {
  auto shared = std::make_shared<const graph::Value>(std::move(value));
  const auto found = std::ranges::find(inputs, port, &graph::NamedValue::name);
  if (found != inputs.end()) {
    found->value = std::move(shared);
  } else {
    inputs.push_back({.name = port, .value = std::move(shared)});
  }
}

absl::Status ReadInputsFile(const std::string& path, std::vector<graph::NamedValue>& inputs) {
  ASSIGN_OR_RETURN(const std::string text, ReadInputFile(path, graph::kLimits.json_bytes_max));
  ASSIGN_OR_RETURN(const graph::Datum datum, ParseInputJson(text, path));
  const auto* object = datum.As<graph::Object>();
  if (object == nullptr) {
    return absl::InvalidArgumentError(fmt::format(
        "{} contains {}: expected an object of ports and values", path, datum.KindName()));
  }
  for (const graph::Field& field : *object) {
    SetInput(inputs, field.first, graph::EncodeValue(field.second));
  }
  return absl::OkStatus();
}

absl::Status ReadJsonInput(const InputArgument& argument, std::vector<graph::NamedValue>& inputs) {
  absl::StatusOr<graph::Datum> datum =
      ParseInputJson(argument.text, fmt::format("input {}", argument.port));
  if (!datum.ok()) {
    return absl::InvalidArgumentError(fmt::format(
        "{} (text needs quotes: {}='\"text\"'; for a file, write {}:path)",
        std::string_view(datum.status().message().data(), datum.status().message().size()),
        argument.port, argument.port));
  }
  SetInput(inputs, argument.port, graph::EncodeValue(*datum));
  return absl::OkStatus();
}

}  // namespace

InputArgument ParseInputArgument(const std::string& argument) {
  const std::size_t end = argument.find_first_of("=:");
  if (end == std::string::npos || end == 0) {
    return {.form = InputForm::kFile, .text = argument};
  }
  std::string port = argument.substr(0, end);
  if (port.find('/') != std::string::npos) return {.form = InputForm::kFile, .text = argument};
  return {.form = argument[end] == '=' ? InputForm::kJson : InputForm::kPath,
          .port = std::move(port),
          .text = argument.substr(end + 1)};
}

absl::StatusOr<graph::Value> ValueOfFile(const std::string& path, std::string bytes) {
  if (path.ends_with(".json")) {
    ASSIGN_OR_RETURN(const graph::Datum datum, ParseInputJson(bytes, path));
    return graph::EncodeValue(datum);
  }
  if (path.ends_with(".npy") || bytes.starts_with(kNpyMagic)) {
    return graph::Value{.content = std::move(bytes),
                        .media_type = std::string(graph::kMediaTypeNpy),
                        .type_name = "numpy.ndarray"};
  }
  return graph::BytesValue(std::move(bytes));
}

absl::StatusOr<std::vector<graph::NamedValue>> ReadInputs(
    const std::vector<std::string>& arguments) {
  std::vector<graph::NamedValue> inputs;
  for (const std::string& text : arguments) {
    const InputArgument argument = ParseInputArgument(text);
    switch (argument.form) {
      case InputForm::kFile:
        RETURN_IF_ERROR(ReadInputsFile(argument.text, inputs));
        break;
      case InputForm::kJson:
        RETURN_IF_ERROR(ReadJsonInput(argument, inputs));
        break;
      case InputForm::kPath: {
        ASSIGN_OR_RETURN(std::string bytes, ReadInputFile(argument.text, kInputFileBytesMax));
        ASSIGN_OR_RETURN(graph::Value value, ValueOfFile(argument.text, std::move(bytes)));
        SetInput(inputs, argument.port, std::move(value));
        break;
      }
    }
  }
  return inputs;
}

}  // namespace orrery::cli
