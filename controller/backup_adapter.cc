#include "controller/backup_adapter.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "controller/garbage_collector.h"
#include "controller/storage/backup.h"
#include "fmt/format.h"

namespace orrery {
namespace {}  // namespace

absl::StatusOr<rpc::BackupMade> BackupAdapter::Create(const std::string& directory,
                                                      const std::function<bool()>& is_cancelled) {
  RETURN_IF_ERROR(gate_.EnterAfter(GarbageCollector::kInside,
                                   fmt::format("the backup {} is being made", directory),
                                   is_cancelled));
  LOG(INFO, "backup.started").With("directory", directory);
  const absl::StatusOr<storage::BackupManifest> manifest = storage::CreateBackup(
      journal_,
      {.root = root_, .directory = directory, .now = clock_.Now(), .is_cancelled = is_cancelled});
  gate_.Leave();
  if (!manifest.ok()) {
    LOG(WARNING, "backup.failed").With("directory", directory).With("status", manifest.status());
    return DiskStatusForClient(manifest.status());
  }
  LOG(INFO, "backup.made").With("directory", directory).With("records", manifest->records);
  return rpc::BackupMade{.created_at = manifest->created_at,
                         .records = manifest->records,
                         .blobs = manifest->blobs,
                         .blob_bytes = manifest->blob_bytes};
}

}  // namespace orrery
