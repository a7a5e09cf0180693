// Writes one blob, in pieces, under a storage root that this process sees.
//
// The bytes go to a temporary file, which is renamed to its digest when it is complete: a blob is
// never partly visible. Equal bytes are stored once; each write of them renews the modification
// time. A blob is read-only, because the checkpoint tree links to the same file.
//
// Threading: thread-compatible. Writers of several threads and processes do not disturb each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/limit.h"

namespace orrery {

struct BlobWriterOptions {
  std::string root;
  // The writer's name, the first part of the temporary file name. Must not contain '/'.
  std::string owner;
  // Append refuses more.
  Limit blob_bytes;
  // With kSync, a committed blob survives a power cut.
  Sync sync = Sync::kSync;
};

class BlobWriter {
 public:
  static absl::StatusOr<BlobWriter> Create(BlobWriterOptions options);

  // Stores `bytes` as one blob. Writes nothing if the blob exists.
  static absl::StatusOr<Digest> WriteWhole(BlobWriterOptions options, std::string_view bytes);

  BlobWriter(BlobWriter&& other) noexcept;
  BlobWriter& operator=(BlobWriter&&) = delete;
  // Deletes the temporary file if the blob was not committed.
  ~BlobWriter();

  // Appends to the blob. After an error, the writer can only be destroyed.
  //
  // Errors: kResourceExhausted beyond blob_bytes, or if the disk would have less than kFilesReserve
  // left.
  absl::Status Append(std::string_view bytes);

  // Publishes the blob under its digest. Call once, last.
  //
  // Errors: kInvalidArgument if the digest differs from `expected`.
  absl::StatusOr<Digest> Commit(const std::optional<Digest>& expected = std::nullopt);

  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  BlobWriter(BlobWriterOptions options, std::string path, FileDescriptor file);

  absl::Status Write(std::string_view bytes);
  absl::Status FinishFile();
  // Renames the temporary file to the blob's path, unless the blob exists.
  absl::Status Publish(const Digest& digest);

  BlobWriterOptions options_;
  std::string path_;  // The temporary file; empty after a commit or a move.
  FileDescriptor file_;
  Sha256Stream hash_;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t checked_bytes_ = 0;  // The disk had room up to this size.
};

// Sets the modification time of the blob at `path` to now, so that garbage collection keeps it
// until it is referred to. Returns false if the file does not exist or belongs to another user.
bool RenewBlob(const std::string& path);

}  // namespace orrery
