// Makes backups for the admin service.
//
// Threading: thread-safe; calls block on the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace orrery::rpc {

struct BackupMade {
  absl::Time created_at;
  std::uint64_t records = 0;
  std::uint64_t blobs = 0;
  std::uint64_t blob_bytes = 0;
};

class BackupAccess {
 public:
  virtual ~BackupAccess() = default;

  // Makes a backup. Polls `is_cancelled` on the calling thread.
  //
  // Errors: those of AdminService.CreateBackup.
  virtual absl::StatusOr<BackupMade> Create(const std::string& directory,
                                            const std::function<bool()>& is_cancelled) = 0;
};

}  // namespace orrery::rpc
