#include "controller/maintenance/backup_runner.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "controller/maintenance/backup.h"
#include "controller/maintenance/garbage_collector.h"
#include "fmt/format.h"

namespace orrery::maintenance {

absl::StatusOr<BackupManifest> BackupRunner::Create(const std::string& directory,
                                                    const std::function<bool()>& is_cancelled) {
  RETURN_IF_ERROR(gate_.EnterAfter(GarbageCollector::kInside,
                                   fmt::format("the backup {} is being made", directory),
                                   is_cancelled));
  LOG(INFO, "backup.started").With("directory", directory);
  absl::StatusOr<BackupManifest> manifest = CreateBackup(
      journal_,
      {.root = root_, .directory = directory, .now = clock_.Now(), .is_cancelled = is_cancelled});
  gate_.Leave();
  if (!manifest.ok()) {
    LOG(WARNING, "backup.failed").With("directory", directory).With("status", manifest.status());
    return DiskStatusForClient(manifest.status());
  }
  LOG(INFO, "backup.made").With("directory", directory).With("records", manifest->records);
  return manifest;
}

}  // namespace orrery::maintenance
