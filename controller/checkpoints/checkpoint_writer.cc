#include "controller/checkpoints/checkpoint_writer.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/blob_layout.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/overload.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "controller/checkpoints/folder_budget.h"
#include "fmt/format.h"
#include "graph/datum.h"
#include "graph/json.h"

namespace orrery::checkpoints {
namespace {

constexpr std::size_t kCopyBytes = 1024 * 1024;

// Creates one folder, and its parents only if they are missing.
absl::Status MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return absl::OkStatus();
  if (errno == ENOENT) return MakeDirectories(path);
  return ErrnoStatus(errno, "create folder", path);
}

absl::Status PlaceEmptyFile(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  return file.is_open() ? absl::OkStatus() : ErrnoStatus(errno, "create", path);
}

// Tierkreis's format, which has no time zone; here it is always UTC.
std::string FormatStartTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6S", time, absl::UTCTimeZone());
}

// Returns true if hard links are not possible here, so that a copy is needed.
bool NeedsCopy(int error_number) {
  return error_number == EXDEV || error_number == EMLINK || error_number == EPERM ||
         error_number == EOPNOTSUPP;
}

// Deletes the files under `directory`, then the folder, until `budget` is used up.
absl::Status DeleteTree(const std::string& directory, int& budget) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end;
       !error && entry != end && budget > 0; entry.increment(error)) {
    const std::string path = entry->path().string();
    if (entry->is_directory(error) && !entry->is_symlink(error)) {
      RETURN_IF_ERROR(DeleteTree(path, budget));
    } else if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      return ErrnoStatus(errno, "remove", path);
    }
    --budget;
  }
  if (error) return ErrnoStatus(error.value(), "list", directory);
  // Not empty: the listing missed a file that moved meanwhile; the next call deletes it.
  if (budget > 0 && ::rmdir(directory.c_str()) != 0 && errno != ENOTEMPTY && errno != ENOENT) {
    return ErrnoStatus(errno, "remove folder", directory);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CheckpointWriter> CheckpointWriter::Open(std::string root) {
  CheckpointWriter writer(std::move(root));
  RETURN_IF_ERROR(MakeDirectories(writer.checkpoints_));
  RETURN_IF_ERROR(MakeDirectories(writer.trash_));
  if (::unlink(writer.temporary_.c_str()) != 0 && errno != ENOENT) {
    return ErrnoStatus(errno, "remove", writer.temporary_);
  }
  return writer;
}

CheckpointWriter::CheckpointWriter(std::string root)
    : root_(std::move(root)),
      checkpoints_(CheckpointsPath(root_)),
      temporary_(checkpoints_ + "/.tmp"),
      trash_(checkpoints_ + "/.trash") {}

absl::Status CheckpointWriter::Write(const CheckpointItem& item) {
  absl::Status status = WriteOnce(item);
  if (absl::IsNotFound(status)) {
    // A folder may have been removed meanwhile.
    RETURN_IF_ERROR(MakeDirectories(trash_));
    status = WriteOnce(item);
  }
  if (!status.ok()) ::unlink(temporary_.c_str());
  return status;
}

absl::Status CheckpointWriter::WriteOnce(const CheckpointItem& item) {
  return std::visit(Overload{
                        [this](const CheckpointWorkflow& body) { return WriteWorkflow(body); },
                        [this](const CheckpointEntry& body) { return WriteEntry(body); },
                        [this](const CheckpointLogLine& body) { return AppendLog(body); },
                        [this](const CheckpointRemoval& body) { return RemoveWorkflow(body); },
                        [this](const CheckpointGap& body) { return WriteGap(body); },
                        [this](const CheckpointMore& body) { return WriteMore(body); },
                    },
                    item);
}

bool CheckpointWriter::HasFolder(const Uuid& workflow) const {
  struct stat info {};
  return ::stat(WorkflowDirectory(workflow).c_str(), &info) == 0;
}

absl::Status CheckpointWriter::WriteGap(const CheckpointGap& item) {
  const std::string directory = WorkflowDirectory(item.workflow);
  RETURN_IF_ERROR(MakeFolder(directory));
  return PlaceBytes(directory + "/_incomplete", item.reason);
}

absl::Status CheckpointWriter::WriteMore(const CheckpointMore& item) {
  const std::string directory = WorkflowDirectory(item.workflow);
  RETURN_IF_ERROR(MakeFolder(directory));
  return PlaceBytes(
      directory + "/_more",
      fmt::format("Nodes inside evals, loops and maps have {} folders here; later ones "
                  "have none.\nFor all of them: orreryd --checkpoint-tree full\n",
                  kNestedFolders.max));
}

absl::Status CheckpointWriter::WriteWorkflow(const CheckpointWorkflow& item) {
  const std::string directory = WorkflowDirectory(item.workflow);
  RETURN_IF_ERROR(MakeFolder(directory));
  const std::string incomplete = directory + "/_incomplete";
  if (::unlink(incomplete.c_str()) != 0 && errno != ENOENT) {
    return ErrnoStatus(errno, "remove", incomplete);
  }
  const std::string metadata = graph::WriteJson(
      graph::Object{{"name", item.name}, {"start_time", FormatStartTime(item.started_at)}});
  return PlaceBytes(directory + "/_metadata", metadata);
}

absl::Status CheckpointWriter::WriteEntry(const CheckpointEntry& entry) {
  const std::string directory = fmt::format("{}/{}", WorkflowDirectory(entry.workflow),
                                            LocationDirectoryName(entry.location));
  RETURN_IF_ERROR(MakeFolder(directory));
  switch (entry.kind) {
    case CheckpointKind::kInputs:
    case CheckpointKind::kOutputs:
      return WriteOutputs(entry, directory);
    case CheckpointKind::kStarted:
      return WriteStarted(entry, directory);
    case CheckpointKind::kDone:
      RETURN_IF_ERROR(WriteOutputs(entry, directory));
      return PlaceEmptyFile(directory + "/_done");
    case CheckpointKind::kFailed:
      return WriteFailed(entry, directory);
  }
  return absl::OkStatus();
}

// Writes `nodedef` last: its presence means that the node has started.
absl::Status CheckpointWriter::WriteStarted(const CheckpointEntry& entry,
                                            const std::string& directory) {
  if (entry.is_graph_instance) RETURN_IF_ERROR(PlaceEmptyFile(directory + "/_metadata"));
  if (!entry.definition.empty()) {
    RETURN_IF_ERROR(PlaceBytes(directory + "/definition", entry.definition));
  }
  if (!entry.loop_name.empty()) {
    const std::string debug = WorkflowDirectory(entry.workflow) + "/debug";
    RETURN_IF_ERROR(MakeFolder(debug));
    RETURN_IF_ERROR(
        PlaceBytes(fmt::format("{}/{}", debug, entry.loop_name),
                   graph::WriteJson(graph::Object{{"loop_loc", entry.location.ToString()}})));
  }
  return PlaceBytes(directory + "/nodedef", entry.nodedef);
}

absl::Status CheckpointWriter::WriteOutputs(const CheckpointEntry& entry,
                                            const std::string& directory) {
  if (entry.outputs.empty()) return absl::OkStatus();
  const std::string outputs = directory + "/outputs";
  RETURN_IF_ERROR(MakeFolder(outputs));
  for (const graph::NamedValue& output : entry.outputs) {
    const std::string path = fmt::format("{}/{}", outputs, output.name);
    RETURN_IF_ERROR(output.value->is_inline() ? PlaceBytes(path, output.value->bytes())
                                              : PlaceBlob(path, output.value->blob()));
  }
  return absl::OkStatus();
}

absl::Status CheckpointWriter::WriteFailed(const CheckpointEntry& entry,
                                           const std::string& directory) {
  std::string errors = entry.error + "\n";
  if (!entry.error_details.empty()) errors += entry.error_details + "\n";
  RETURN_IF_ERROR(PlaceBytes(directory + "/errors", errors));
  return PlaceBytes(directory + "/_error", entry.error);
}

absl::Status CheckpointWriter::AppendLog(const CheckpointLogLine& item) {
  const std::string directory = WorkflowDirectory(item.workflow);
  RETURN_IF_ERROR(MakeFolder(directory));
  const std::string path = directory + "/logs";
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!file.is_open()) return ErrnoStatus(errno, "open", path);
  RETURN_IF_ERROR(WriteFully(file, item.line + "\n", path));
  return file.Close(path);
}

absl::Status CheckpointWriter::RemoveWorkflow(const CheckpointRemoval& item) {
  const std::string directory = WorkflowDirectory(item.workflow);
  SystemRandom random;
  const std::string target =
      fmt::format("{}/{}.{:016x}", trash_, item.workflow.ToString(), random.Next());
  if (!HasFolder(item.workflow)) return absl::OkStatus();
  if (::rename(directory.c_str(), target.c_str()) != 0) {
    return ErrnoStatus(errno, "move away", directory);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> CheckpointWriter::DeleteSome(int files) {
  std::error_code error;
  absl::Status failure;
  for (std::filesystem::directory_iterator removed(trash_, error), end;
       !error && removed != end && files > 0; removed.increment(error)) {
    failure.Update(DeleteTree(removed->path().string(), files));
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return ErrnoStatus(error.value(), "list", trash_);
  }
  RETURN_IF_ERROR(failure);
  return files <= 0;
}

std::string CheckpointWriter::WorkflowDirectory(const Uuid& workflow) const {
  return fmt::format("{}/{}", checkpoints_, workflow.ToString());
}

absl::Status CheckpointWriter::PlaceBytes(const std::string& path, std::string_view bytes) {
  FileDescriptor file(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file.is_open()) return ErrnoStatus(errno, "create", temporary_);
  RETURN_IF_ERROR(WriteFully(file, bytes, path));
  RETURN_IF_ERROR(file.Close(path));
  if (::rename(temporary_.c_str(), path.c_str()) != 0) return ErrnoStatus(errno, "create", path);
  return absl::OkStatus();
}

absl::Status CheckpointWriter::PlaceBlob(const std::string& path, const graph::BlobRef& blob) {
  const std::string source = BlobPath(root_, blob.digest);
  if (::link(source.c_str(), temporary_.c_str()) != 0) {
    if (!NeedsCopy(errno)) return ErrnoStatus(errno, "link", source);
    RETURN_IF_ERROR(CopyBlob(source));
  }
  if (::rename(temporary_.c_str(), path.c_str()) != 0) return ErrnoStatus(errno, "create", path);
  // A rename onto another link of the same file does nothing and keeps both names.
  ::unlink(temporary_.c_str());
  return absl::OkStatus();
}

absl::Status CheckpointWriter::CopyBlob(const std::string& source) {
  const FileDescriptor from(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from.is_open()) return ErrnoStatus(errno, "open", source);
  FileDescriptor to(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444));
  if (!to.is_open()) return ErrnoStatus(errno, "create", temporary_);
  std::string buffer(kCopyBytes, '\0');
  while (true) {
    const ssize_t got = ::read(from.value(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", source);
    if (got == 0) return to.Close(temporary_);
    RETURN_IF_ERROR(WriteFully(
        to, std::string_view(buffer).substr(0, static_cast<std::size_t>(got)), temporary_));
  }
}

}  // namespace orrery::checkpoints
