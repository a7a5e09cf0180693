#include "client/cli/input_argument.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/shown_text.h"
#include "base/status_macros.h"
#include "client/cli/input_file.h"
#include "fmt/format.h"
#include "graph/datum.h"
#include "graph/json.h"
#include "graph/name.h"
#include "graph/value_codec.h"

namespace orrery::cli {
namespace {

constexpr std::string_view kNpyMagic("\x93NUMPY", 6);

// A file that does not exist is a wrong command line, not a workflow that does not exist.
absl::StatusOr<std::string> ReadExisting(Console& console, const std::string& path,
                                         const Limit& limit) {
  absl::StatusOr<std::string> bytes = ReadInputFile(console, path, limit);
  if (!bytes.ok()) return absl::InvalidArgumentError(std::string(bytes.status().message()));
  return bytes;
}

absl::Status CheckPort(std::string_view port) {
  const std::string problem = graph::NameProblem(port);
  if (problem.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("the port \"{}\" of an input {}: give the name of an input of the graph",
                  ShownText(port), problem));
}

absl::StatusOr<graph::Datum> ParseInputJson(std::string_view text, std::string_view what) {
  absl::StatusOr<graph::Datum> datum = graph::ParseJsonInRange(text);
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

absl::Status ReadInputsFile(Console& console, const std::string& path,
                            std::vector<graph::NamedValue>& inputs) {
  ASSIGN_OR_RETURN(const std::string text, ReadExisting(console, path, kGraphFileBytes));
  ASSIGN_OR_RETURN(const graph::Datum datum, ParseInputJson(text, path));
  const auto* object = datum.As<graph::Object>();
  if (object == nullptr) {
    return absl::InvalidArgumentError(fmt::format(
        "{} contains {}: expected an object of ports and values", path, datum.KindName()));
  }
  for (const graph::Field& field : *object) {
    RETURN_IF_ERROR(CheckPort(field.first));
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
    Console& console, const std::vector<std::string>& arguments) {
  std::vector<graph::NamedValue> inputs;
  for (const std::string& text : arguments) {
    const InputArgument argument = ParseInputArgument(text);
    if (argument.form != InputForm::kFile) RETURN_IF_ERROR(CheckPort(argument.port));
    switch (argument.form) {
      case InputForm::kFile:
        RETURN_IF_ERROR(ReadInputsFile(console, argument.text, inputs));
        break;
      case InputForm::kJson:
        RETURN_IF_ERROR(ReadJsonInput(argument, inputs));
        break;
      case InputForm::kPath: {
        ASSIGN_OR_RETURN(std::string bytes, ReadExisting(console, argument.text, kInputFileBytes));
        ASSIGN_OR_RETURN(graph::Value value, ValueOfFile(argument.text, std::move(bytes)));
        SetInput(inputs, argument.port, std::move(value));
        break;
      }
    }
  }
  return inputs;
}

}  // namespace orrery::cli
