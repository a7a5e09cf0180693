// Large values in the file system, named by the digest of their bytes.
//
//   <root>/blobs/<first 2 hex digits>/<sha256 in hex>
//
// Workers with access to the root share the layout (base/blob_layout.h) and write blobs, too. A
// blob never changes. This class deletes no blobs; blob_sweep.h deletes those that the journal no
// longer refers to.
//
// Threading: thread-safe; without state beyond the options. Calls block on the disk: do not call on
// the loop thread.
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
#include "base/limit.h"
#include "graph/value.h"

namespace orrery::blobs {

struct BlobStoreOptions {
  std::string root;
  // With kSync, a blob survives a power cut once Put or Commit has returned.
  Sync sync = Sync::kSync;
  Limit blob_bytes{.name = "blob_bytes",
                   .max = std::uint64_t{64} << 30,
                   .unit = LimitUnit::kBytes,
                   .of = "a value in the blob store",
                   .beyond = "it is not stored"};
};

class BlobStore {
 public:
  // Creates the folders and the storage token, and removes temporary files: those of the controller
  // always, those of other writers after a day without a write.
  static absl::StatusOr<BlobStore> Open(BlobStoreOptions options);

  absl::StatusOr<Digest> Put(std::string_view bytes) const;

  // Returns a writer for bytes that arrive in pieces. `bytes_max` can only lower the limit of the
  // options.
  //
  // Errors: kResourceExhausted if the disk would have less than kFilesReserve left after
  // `bytes_max`.
  absl::StatusOr<BlobWriter> NewWriter(std::uint64_t bytes_max) const;

  // Returns the bytes, after comparing them with the digest.
  //
  // Errors: kNotFound; kResourceExhausted if the blob is longer than `bytes_max`; kDataLoss if the
  // digest differs.
  absl::StatusOr<std::string> Get(const Digest& digest, std::uint64_t bytes_max) const;

  // Reads the whole blob.
  //
  // Errors: kNotFound; kDataLoss if the size or digest differs from `blob`.
  absl::Status Verify(const graph::BlobRef& blob) const;

  absl::StatusOr<std::uint64_t> Size(const Digest& digest) const;
  bool Contains(const Digest& digest) const;
  // Returns true if the blob exists, and protects it from garbage collection until the caller can
  // refer to it.
  bool Renew(const Digest& digest) const;
  // Returns the path of the blob, whether it exists or not.
  std::string Path(const Digest& digest) const;

  const std::string& root() const { return options_.root; }
  // The token that a worker sends to prove that it has access to this root.
  const std::string& token() const { return token_; }

 private:
  BlobStore(BlobStoreOptions options, std::string token);

  BlobWriterOptions WriterOptions(std::uint64_t bytes_max) const;

  BlobStoreOptions options_;
  std::string token_;
};

}  // namespace orrery::blobs
