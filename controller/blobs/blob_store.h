// Large values on the file system, named by the digest of their bytes.
//
//   <root>/blobs/<first 2 hex digits>/<sha256 in hex>
//
// The layout is shared with workers that see the root (base/blob_layout.h), and they write blobs
// too. A blob never changes. Nothing is deleted here: blob_sweep.h does, when the journal no longer
// needs it.
//
// Threading: thread-safe; without state beyond the options. Calls block on the disk: never from the
// loop thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/blob_writer.h"
#include "base/digest.h"
#include "base/file.h"
#include "graph/value.h"

namespace orrery::blobs {

struct BlobStoreOptions {
  std::string root;
  // kSync: a blob survives a power cut once Put or Commit has returned.
  Sync sync = Sync::kSync;
  // Bytes of one blob.
  std::uint64_t blob_bytes_max = 64ULL * 1024 * 1024 * 1024;
};

class BlobStore {
 public:
  // Makes the folders and the storage token, and removes what writers left behind: the controller's
  // own files always, others' once nobody has written to them for a day.
  static absl::StatusOr<BlobStore> Open(BlobStoreOptions options);

  absl::StatusOr<Digest> Put(std::string_view bytes) const;

  // For bytes that come in pieces; `bytes_max` only lowers the limit of the options.
  absl::StatusOr<BlobWriter> NewWriter(std::uint64_t bytes_max) const;

  // The bytes, compared with their digest. kNotFound; kResourceExhausted: longer than `bytes_max`;
  // kDataLoss: the bytes are not those of the digest.
  absl::StatusOr<std::string> Get(const Digest& digest, std::uint64_t bytes_max) const;

  // Reads the whole blob. kNotFound; kDataLoss: its length or digest is not that of `blob`.
  absl::Status Verify(const graph::BlobRef& blob) const;

  absl::StatusOr<std::uint64_t> Size(const Digest& digest) const;
  bool Contains(const Digest& digest) const;
  // Whether it is there; if so, it is not removed before who needs it can say so.
  bool Renew(const Digest& digest) const;
  // Where the blob is, or would be.
  std::string Path(const Digest& digest) const;

  const std::string& root() const { return options_.root; }
  // What a worker shows to prove that it sees this root.
  const std::string& token() const { return token_; }

 private:
  BlobStore(BlobStoreOptions options, std::string token);

  BlobWriterOptions WriterOptions(std::uint64_t bytes_max) const;

  BlobStoreOptions options_;
  std::string token_;
};

}  // namespace orrery::blobs
