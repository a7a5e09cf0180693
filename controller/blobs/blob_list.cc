#include "controller/blobs/blob_list.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/file.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::blobs {
namespace {

namespace fs = std::filesystem;

// Returns the names in a folder; an empty list if the folder does not exist.
absl::StatusOr<std::vector<std::string>> ListNames(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return ErrnoStatus(error.value(), "list", folder);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

absl::StatusOr<std::vector<Digest>> ListBlobs(std::string_view root) {
  const std::string folder = fmt::format("{}/blobs", root);
  std::vector<Digest> blobs;
  ASSIGN_OR_RETURN(const std::vector<std::string> prefixes, ListNames(folder));
  for (const std::string& prefix : prefixes) {
    if (prefix.size() != 2) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> names,
                     ListNames(fmt::format("{}/{}", folder, prefix)));
    for (const std::string& name : names) {
      const absl::StatusOr<Digest> digest = Digest::Parse(name);
      if (digest.ok() && name.starts_with(prefix)) blobs.push_back(*digest);
    }
  }
  return blobs;
}

}  // namespace orrery::blobs
