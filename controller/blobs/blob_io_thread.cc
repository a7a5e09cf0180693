#include "controller/blobs/blob_io_thread.h"

#include <utility>

#include "controller/blobs/blob_check.h"

namespace orrery::blobs {

BlobIoThread::BlobIoThread(const BlobStore& store, runtime::Mailbox& mailbox,
                           std::uint64_t bytes_max)
    : store_(store), bytes_max_(bytes_max), thread_(mailbox) {}

void BlobIoThread::Load(const Digest& digest,
                        std::function<void(absl::StatusOr<std::string>)> done) {
  thread_.Add([this, digest, done = std::move(done)]() mutable -> runtime::Mailbox::Message {
    return [done = std::move(done), bytes = LoadNow(digest)] { done(bytes); };
  });
}

void BlobIoThread::Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
                         std::function<void(absl::Status)> done) {
  thread_.Add([this, digest, bytes = std::move(bytes),
               done = std::move(done)]() mutable -> runtime::Mailbox::Message {
    absl::Status status = store_.Renew(digest) ? absl::OkStatus() : store_.Put(*bytes).status();
    return [done = std::move(done), status = std::move(status)] { done(status); };
  });
}

void BlobIoThread::Check(std::vector<graph::BlobRef> blobs,
                         std::function<void(std::vector<absl::Status>)> done) {
  thread_.Add([this, blobs = std::move(blobs),
               done = std::move(done)]() mutable -> runtime::Mailbox::Message {
    std::vector<absl::Status> statuses;
    statuses.reserve(blobs.size());
    for (const graph::BlobRef& blob : blobs) {
      statuses.push_back(CheckBlob(store_.root(), blob, BlobCheck::kLength));
    }
    return [done = std::move(done), statuses = std::move(statuses)] { done(statuses); };
  });
}

absl::StatusOr<std::string> BlobIoThread::LoadNow(const Digest& digest) {
  return store_.Get(digest, bytes_max_);
}

}  // namespace orrery::blobs
