#include "client/cli/json_output.h"

#include <ostream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "base/time_text.h"
#include "client/cli/exit_code.h"
#include "graph/json.h"
#include "model/attempt_id.h"
#include "model/worker.h"

namespace orrery::cli {
namespace {

std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace

std::string JsonLine(const graph::Object& object) {
  return graph::WriteJson(object, graph::JsonStyle::kStandard) + "\n";
}

void PrintJson(Console& console, const graph::Object& object) {
  console.out << JsonLine(object) << std::flush;
}

graph::Datum ValueToJson(const graph::Value& value) {
  if (value.media_type == graph::kMediaTypeJson && value.is_inline()) {
    // Malformed bytes with the JSON media type must not break the enclosing object.
    absl::StatusOr<graph::Datum> datum = graph::ParseJson(value.bytes());
    if (datum.ok() && graph::IsStandardJson(*datum)) return *std::move(datum);
  }
  graph::Object object = {{"media_type", value.media_type}, {"size", value.size_bytes()}};
  if (value.is_inline() && value.size_bytes() <= graph::kInlineValueBytes.max) {
    const std::string_view bytes = value.bytes();
    object.emplace_back("base64", absl::Base64Escape({bytes.data(), bytes.size()}));
  } else {
    object.emplace_back("digest", graph::ContentDigest(value).ToHex());
  }
  return object;
}

graph::Object ValuesToJson(const std::vector<graph::NamedValue>& values) {
  graph::Object object;
  for (const graph::NamedValue& value : values) {
    object.emplace_back(value.name, ValueToJson(*value.value));
  }
  return object;
}

graph::Object OutputToJson(const client::OutputTail& output) {
  return {{"text", output.text}, {"shared", output.is_shared}};
}

graph::List AttemptsToJson(const std::vector<client::AttemptFailure>& attempts) {
  graph::List list;
  for (const client::AttemptFailure& attempt : attempts) {
    list.push_back(graph::Object{{"attempt", attempt.attempt.ToString()},
                                 {"worker", attempt.worker},
                                 {"host", attempt.host},
                                 {"message", attempt.message},
                                 {"at", FormatTimestamp(attempt.at)},
                                 {"output", OutputToJson(attempt.output)}});
  }
  return list;
}

graph::Object WorkflowToJson(const client::Workflow& workflow) {
  graph::Object object = {{"workflow", workflow.id.ToString()},
                          {"name", workflow.name},
                          {"status", client::StatusName(workflow.status)},
                          {"outputs", ValuesToJson(workflow.outputs)}};
  if (workflow.failure.has_value()) {
    const client::WorkflowFailure& failure = *workflow.failure;
    graph::Object error = ErrorToJson("workflow_failed", failure.error.message);
    error.emplace_back("location", failure.location.ToString());
    error.emplace_back("function", failure.function_name);
    error.emplace_back("details", failure.error.details);
    error.emplace_back("worker", failure.worker);
    error.emplace_back("host", failure.host);
    error.emplace_back("attempt", failure.attempt.ToStringOrEmpty());
    error.emplace_back("output", OutputToJson(failure.error.output));
    error.emplace_back("earlier_attempts", AttemptsToJson(failure.earlier));
    object.emplace_back("error", std::move(error));
  }
  return object;
}

graph::Object ListEntryToJson(const client::Workflow& workflow) {
  graph::Object object = WorkflowDetailsToJson(workflow);
  std::erase_if(object, [](const auto& field) { return field.first == "outputs"; });
  return object;
}

graph::Object WorkflowDetailsToJson(const client::Workflow& workflow) {
  graph::Object object = WorkflowToJson(workflow);
  object.emplace_back("paused", workflow.is_paused);
  object.emplace_back("submitted_at", FormatTimestamp(workflow.submitted_at));
  object.emplace_back("settled_at", workflow.settled_at.has_value()
                                        ? graph::Datum(FormatTimestamp(*workflow.settled_at))
                                        : graph::Datum());
  object.emplace_back("nodes", graph::Object{{"ready", workflow.nodes.ready},
                                             {"running", workflow.nodes.running},
                                             {"finished", workflow.nodes.finished},
                                             {"failed", workflow.nodes.failed},
                                             {"cached", workflow.nodes.cached}});
  object.emplace_back("source", workflow.source.has_value()
                                    ? graph::Datum(workflow.source->ToString())
                                    : graph::Datum());
  graph::List waiting_for(workflow.waiting_for.begin(), workflow.waiting_for.end());
  object.emplace_back("waiting_for", std::move(waiting_for));
  graph::List progress;
  for (const client::TaskReport& task : workflow.progress) {
    progress.push_back(graph::Object{{"location", task.location.ToString()},
                                     {"function", task.function_name},
                                     {"attempt", task.attempt.ToString()},
                                     {"fraction", task.progress.fraction},
                                     {"note", task.progress.note}});
  }
  object.emplace_back("progress", std::move(progress));
  object.emplace_back("checkpoints_behind", workflow.are_checkpoints_behind);
  object.emplace_back("checkpoints_incomplete",
                      workflow.checkpoints_incomplete.empty()
                          ? graph::Datum()
                          : graph::Datum(workflow.checkpoints_incomplete));
  return object;
}

graph::Object WorkerToJson(const client::WorkerInfo& worker) {
  const model::WorkerDescription& description = worker.description;
  graph::List tasks;
  graph::Object cacheable;
  graph::Object versions;
  for (const graph::TaskSpec& task : description.catalog->tasks) {
    tasks.emplace_back(task.name);
    if (task.is_cacheable) cacheable.emplace_back(task.name, task.version);
    if (!task.version.empty()) versions.emplace_back(task.name, task.version);
  }
  graph::Object labels;
  for (const auto& [name, value] : description.labels) labels.emplace_back(name, value);
  return {{"instance", description.instance.ToString()},
          {"name", description.name()},
          {"host", description.host},
          {"process_id", description.process_id},
          {"slots", description.slots},
          {"attempts", worker.attempts},
          {"stuck_slots", worker.stuck_slots},
          {"state", client::StateName(worker.state)},
          {"connected_at", FormatTimestamp(worker.connected_at)},
          {"draining_since", worker.draining_since == absl::InfinitePast()
                                 ? graph::Datum()
                                 : graph::Datum(FormatTimestamp(worker.draining_since))},
          {"pool", worker.pool},
          {"labels", std::move(labels)},
          {"sdk_version", description.sdk_version},
          {"tasks", std::move(tasks)},
          {"task_count", worker.task_count},
          {"cacheable", std::move(cacheable)},
          {"versions", std::move(versions)}};
}

graph::Object ErrorToJson(std::string_view code, std::string_view message) {
  return {{"code", code}, {"message", message}};
}

graph::Object ErrorToJson(const absl::Status& status) {
  return ErrorToJson(CodeName(status.code()), MessageOf(status));
}

}  // namespace orrery::cli
