#include "executors/output_log.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <utility>

#include "base/file.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::executors {
namespace {

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

OutputLog::OutputLog(OutputLogOptions options)
    : options_(std::move(options)),
      disk_(std::make_unique<DiskSpace>(FolderOf(options_.path), options_.measure)) {}

absl::Status OutputLog::OpenFile() {
  RETURN_IF_ERROR(MakeDirectories(FolderOf(options_.path)));
  file_ = FileDescriptor(
      ::open(options_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  struct stat info = {};
  if (!file_.is_open() || fstat(file_.value(), &info) != 0) {
    return ErrnoStatus(errno, "open", options_.path);
  }
  bytes_ = static_cast<std::uint64_t>(info.st_size);
  return absl::OkStatus();
}

absl::Status OutputLog::Rotate() {
  const std::string old = options_.path + ".1";
  // Without the file there is nothing to keep.
  if (std::rename(options_.path.c_str(), old.c_str()) != 0 && errno != ENOENT) {
    return ErrnoStatus(errno, "rename", options_.path);
  }
  return OpenFile();
}

absl::Status OutputLog::TryAppend(std::string_view bytes) {
  RETURN_IF_ERROR(disk_->CheckRoom(kFilesReserve, bytes.size(), "the output of a worker"));
  if (!file_.is_open()) RETURN_IF_ERROR(OpenFile());
  if (bytes_ > 0 && bytes_ + bytes.size() > options_.bytes.max) RETURN_IF_ERROR(Rotate());
  const std::string remark =
      lost_ == 0 ? "" : fmt::format("({} bytes of output before this line are lost)\n", lost_);
  for (const std::string_view part : {std::string_view(remark), bytes}) {
    RETURN_IF_ERROR(WriteFully(file_, part, options_.path));
    bytes_ += part.size();
  }
  return absl::OkStatus();
}

absl::Status OutputLog::Append(std::string_view bytes) {
  absl::Status status = TryAppend(bytes);
  if (status.ok()) {
    lost_ = 0;
    return status;
  }
  file_ = FileDescriptor();
  return std::exchange(lost_, lost_ + bytes.size()) == 0 ? status : absl::OkStatus();
}

}  // namespace orrery::executors
