#include "controller/daemon/store_commands.h"

#include <cstdio>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/time/clock.h"
#include "base/shown_text.h"
#include "base/uuid.h"
#include "controller/journal/journal_database.h"
#include "controller/maintenance/cancel.h"
#include "controller/maintenance/restore.h"
#include "controller/maintenance/store_check.h"
#include "controller/maintenance/store_root.h"
#include "controller/maintenance/store_text.h"
#include "fmt/format.h"
#include "graph/json.h"

namespace orrery::daemon {
namespace {

void Print(const std::string& text) { std::fputs(ShownLines(text).c_str(), stdout); }

DaemonExit ReportError(const absl::Status& status, const StoreCommandArguments& arguments,
                       DaemonExit exit) {
  const std::string message(status.message());
  if (arguments.is_json) {
    const std::string code = absl::AsciiStrToLower(absl::StatusCodeToString(status.code()));
    Print(graph::WriteJson(
              graph::Object{{"error", graph::Object{{"code", code}, {"message", message}}}},
              graph::JsonStyle::kStandard) +
          "\n");
  } else {
    std::fputs(fmt::format("orreryd: {}\n", ShownLines(message, "  ")).c_str(), stderr);
  }
  return exit;
}

}  // namespace

DaemonExit RunRestore(const std::string& root, const StoreCommandArguments& arguments) {
  const absl::StatusOr<maintenance::StoreReport> report =
      maintenance::RestoreStore({.backup = arguments.backup, .root = root, .now = absl::Now()});
  if (!report.ok()) {
    return ReportError(
        report.status(), arguments,
        maintenance::HasJournal(root) ? DaemonExit::kRootInUse : DaemonExit::kStorageFailed);
  }
  Print(arguments.is_json ? maintenance::ToJson(*report) : maintenance::ToText(*report));
  if (!report->is_sound()) {
    std::fputs(fmt::format("orreryd: the backup {} is damaged; nothing was restored\n",
                           ShownText(arguments.backup))
                   .c_str(),
               stderr);
    return DaemonExit::kStorageFailed;
  }
  return DaemonExit::kStopped;
}

DaemonExit RunFsck(const std::string& root, const StoreCommandArguments& arguments) {
  const absl::StatusOr<maintenance::StoreReport> report = maintenance::CheckStore(
      {.root = root,
       .blobs = arguments.reads_blobs ? blobs::BlobCheck::kDigest : blobs::BlobCheck::kLength});
  if (!report.ok()) {
    const bool is_in_use = journal::IsDatabaseLocked(maintenance::JournalPath(root));
    return ReportError(report.status(), arguments,
                       is_in_use ? DaemonExit::kRootInUse : DaemonExit::kStorageFailed);
  }
  Print(arguments.is_json ? maintenance::ToJson(*report) : maintenance::ToText(*report));
  return report->is_sound() ? DaemonExit::kStopped : DaemonExit::kStorageFailed;
}

DaemonExit RunCancel(const std::string& root, const StoreCommandArguments& arguments) {
  const absl::StatusOr<Uuid> id = Uuid::Parse(arguments.workflow);
  if (!id.ok()) return ReportError(id.status(), arguments, DaemonExit::kUsage);
  const absl::Status status =
      maintenance::CancelInStore({.root = root, .workflow = *id, .now = absl::Now()});
  if (status.ok()) {
    Print(arguments.is_json
              ? graph::WriteJson(graph::Object{{"workflow", id->ToString()}, {"cancelled", true}}) +
                    "\n"
              : fmt::format("workflow {} is cancelled\n", id->ToString()));
    return DaemonExit::kStopped;
  }
  if (absl::IsNotFound(status) || absl::IsInvalidArgument(status)) {
    return ReportError(status, arguments, DaemonExit::kUsage);
  }
  const bool is_in_use = journal::IsDatabaseLocked(maintenance::JournalPath(root));
  return ReportError(status, arguments,
                     is_in_use ? DaemonExit::kRootInUse : DaemonExit::kStorageFailed);
}

}  // namespace orrery::daemon
