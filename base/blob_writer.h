// Writes one blob, in pieces, under a storage root that this process sees.
//
// The bytes go to a temporary name and get their own name, the digest, only when they are complete:
// whoever finds a blob finds all of it. Equal bytes are stored once, and get younger each time. A
// blob is read-only, because the checkpoint tree shows the very same file.
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

namespace orrery {

struct BlobWriterOptions {
  std::string root;
  // Who writes: the first part of the temporary name. No '/'.
  std::string owner;
  // Beyond it Append refuses.
  std::uint64_t bytes_max = 0;
  // kSync: a committed blob survives a power cut.
  Sync sync = Sync::kSync;
};

class BlobWriter {
 public:
  static absl::StatusOr<BlobWriter> Create(BlobWriterOptions options);

  // Stores `bytes` as one blob; writes nothing if it is there already.
  static absl::StatusOr<Digest> WriteWhole(BlobWriterOptions options, std::string_view bytes);

  BlobWriter(BlobWriter&& other) noexcept;
  BlobWriter& operator=(BlobWriter&&) = delete;
  // Removes what was not committed.
  ~BlobWriter();

  // After an error only destruction makes sense. kResourceExhausted: more than bytes_max, or no
  // space.
  absl::Status Append(std::string_view bytes);

  // Gives the blob its name; once, last. kInvalidArgument: the bytes are not those of `expected`.
  absl::StatusOr<Digest> Commit(const std::optional<Digest>& expected = std::nullopt);

  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  BlobWriter(BlobWriterOptions options, std::string path, FileDescriptor file);

  absl::Status Write(std::string_view bytes);
  absl::Status FinishFile();
  // Renames the file to the blob's path unless that holds the blob already.
  absl::Status Publish(const Digest& digest);

  BlobWriterOptions options_;
  std::string path_;  // The temporary name; empty: committed or moved from.
  FileDescriptor file_;
  Sha256Stream hash_;
  std::uint64_t size_bytes_ = 0;
};

// Makes the blob at `path` as young as one just written, so that it is not removed before who needs
// it can say so. False: it is not there, or another's.
bool RenewBlob(const std::string& path);

}  // namespace orrery
