#include "controller/maintenance/store_root.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "base/digest.h"
#include "base/status_macros.h"
#include "controller/blobs/blob_list.h"
#include "fmt/format.h"

namespace orrery::maintenance {

namespace fs = std::filesystem;

std::string JournalPath(std::string_view root) { return fmt::format("{}/journal", root); }

bool HasJournal(std::string_view root) {
  std::error_code error;
  for (fs::directory_iterator entry(JournalPath(root), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name == "CURRENT" || name.ends_with(".log") || name.ends_with(".sst")) return true;
  }
  return false;
}

absl::Status CheckRootIsWhole(std::string_view root) {
  if (HasJournal(root)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Digest> blobs, blobs::ListBlobs(root));
  if (blobs.empty()) return absl::OkStatus();
  return absl::DataLossError(fmt::format(
      "the root {} has {} blobs but no journal in {}, which says what they are; restore a backup, "
      "or remove {}/blobs to begin anew",
      root, blobs.size(), JournalPath(root), root));
}

}  // namespace orrery::maintenance
