// Writes single items of the checkpoint tree: docs/storage-format.md, section 3.
//
// Every file appears complete, by a rename (except `logs`, which grows), and writing an item is
// idempotent. The tree is not synced, because it can be made again from the journal. A large value
// is a hard link to its blob, or a copy where links are not possible.
//
// Threading: thread-compatible. One writer per root at a time.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/checkpoints/checkpoint_entry.h"
#include "graph/value.h"

namespace orrery::checkpoints {

class CheckpointWriter {
 public:
  // Creates `<root>/checkpoints` and deletes temporary files of an earlier writer.
  static absl::StatusOr<CheckpointWriter> Open(std::string root);

  // Makes missing folders anew. After an error, no temporary file is left.
  //
  // Requires: CheckPortNames(item).ok().
  absl::Status Write(const CheckpointItem& item);

  // Returns true if the workflow's folder exists.
  bool HasFolder(const Uuid& workflow) const;

  // Deletes up to `files` files of removed workflows. Returns false if none are left.
  //
  // Errors: of a file that cannot be deleted; others were deleted.
  absl::StatusOr<bool> DeleteSome(int files);

 private:
  explicit CheckpointWriter(std::string root);

  absl::Status WriteOnce(const CheckpointItem& item);
  absl::Status WriteWorkflow(const CheckpointWorkflow& item);
  absl::Status WriteEntry(const CheckpointEntry& entry);
  absl::Status WriteStarted(const CheckpointEntry& entry, const std::string& directory);
  absl::Status WriteOutputs(const CheckpointEntry& entry, const std::string& directory);
  absl::Status WriteFailed(const CheckpointEntry& entry, const std::string& directory);
  absl::Status WriteGap(const CheckpointGap& item);
  absl::Status WriteMore(const CheckpointMore& item);
  absl::Status AppendLog(const CheckpointLogLine& item);
  absl::Status RemoveWorkflow(const CheckpointRemoval& item);

  std::string WorkflowDirectory(const Uuid& workflow) const;
  // Creates or replaces one file.
  absl::Status PlaceBytes(const std::string& path, std::string_view bytes);
  absl::Status PlaceBlob(const std::string& path, const graph::BlobRef& blob);
  absl::Status CopyBlob(const std::string& source);

  std::string root_;
  std::string checkpoints_;  // <root>/checkpoints
  std::string temporary_;    // The only temporary file.
  std::string trash_;        // The folder of removed workflows.
};

}  // namespace orrery::checkpoints
