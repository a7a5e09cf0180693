// gc: deletes finished workflows and unneeded data from the store of a running controller.
#include <memory>
#include <string>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "base/time_text.h"
#include "client/cli/commands.h"
#include "client/cli/json_output.h"
#include "client/cpp/address.h"
#include "client/cpp/admin.h"
#include "fmt/format.h"

namespace orrery::cli {
namespace {

std::string_view StageText(client::GarbageStage stage) {
  switch (stage) {
    case client::GarbageStage::kWorkflows:
      return "deleting workflows";
    case client::GarbageStage::kJournal:
      return "rewriting the journal";
    case client::GarbageStage::kFiles:
      break;
  }
  return "deleting files";
}

graph::Object ToJson(const client::GarbageReport& report, bool is_dry_run) {
  return {{"dry_run", is_dry_run},
          {"workflows", report.workflows},
          {"records", report.records},
          {"record_bytes", report.record_bytes},
          {"blobs", report.blobs},
          {"blob_bytes", report.blob_bytes},
          {"checkpoints", report.checkpoints},
          {"temporary_files", report.temporary_files}};
}

std::string ToText(const client::GarbageReport& report, bool is_dry_run) {
  return fmt::format("{}: {} workflows, {} records with {} bytes, {} blobs with {} bytes",
                     is_dry_run ? "would be deleted" : "deleted", report.workflows, report.records,
                     report.record_bytes, report.blobs, report.blob_bytes);
}

absl::StatusOr<ExitCode> RunGc(Invocation& invocation, const client::GarbageRequest& request) {
  client::GarbageOptions options;
  ASSIGN_OR_RETURN(options.address,
                   client::ResolveAddress(client::AddressSourcesFor(invocation.server)));
  if (invocation.console.is_err_terminal && !invocation.is_json()) {
    options.on_stage = [&invocation](client::GarbageStage stage) {
      invocation.console.err << StageText(stage) << "..." << std::endl;
    };
  }
  ASSIGN_OR_RETURN(const client::GarbageReport report, client::CollectGarbage(options, request));
  if (invocation.is_json()) {
    PrintJson(invocation.console, ToJson(report, request.is_dry_run));
  } else {
    invocation.console.out << ToText(report, request.is_dry_run) << std::endl;
  }
  return ExitCode::kOk;
}

}  // namespace

void AddGcCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto request = std::make_shared<client::GarbageRequest>();
  CLI::App* command =
      app.add_subcommand("gc", "Delete finished workflows and data that nothing refers to");
  command->add_flag("--dry-run", request->is_dry_run,
                    "Delete nothing; print what would be deleted");
  command
      ->add_option_function<std::string>(
          "--older-than",
          [request](const std::string& text) {
            request->retention.age_max = ParseDuration(text).value();
          },
          "Delete workflows that finished longer ago than this, such as 30d")
      ->type_name("DURATION")
      ->check([](const std::string& text) {
        const absl::StatusOr<absl::Duration> duration = ParseDuration(text);
        return duration.ok() ? std::string() : std::string(duration.status().message());
      });
  command
      ->add_option("--keep", request->retention.count_max,
                   "Keep only the N most recently finished workflows")
      ->type_name("N");
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery gc --older-than 30d --dry-run\n"
      "  orrery gc --older-than 30d --keep 10000\n"
      "  orrery gc -o json\n"
      "\n"
      "Deletes a workflow if either limit selects it. Without limits, deletes only the data of\n"
      "workflows that were deleted before, and other data that nothing refers to. Keeps running\n"
      "workflows, and finished ones while another run reuses their outcomes. The controller works\n"
      "during a gc. Ctrl-C stops it; the next gc does the rest. A DURATION is a whole number and "
      "a\n"
      "unit, s, m, h, d or w.");
  command->callback([request, &invocation] {
    invocation.run = [request, &invocation] { return RunGc(invocation, *request); };
  });
}

}  // namespace orrery::cli
