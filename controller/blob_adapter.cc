#include "controller/blob_adapter.h"

#include <utility>

namespace orrery {

BlobIoThread::BlobIoThread(const storage::BlobStore& store, runtime::Mailbox& mailbox,
                           std::uint64_t bytes_max)
    : store_(store), mailbox_(mailbox), bytes_max_(bytes_max), thread_([this] { Run(); }) {}

BlobIoThread::~BlobIoThread() {
  {
    MutexLock lock(mutex_);
    is_closing_ = true;
  }
  changed_.NotifyOne();
  thread_.join();
}

void BlobIoThread::Add(Request request) {
  {
    MutexLock lock(mutex_);
    requests_.push_back(std::move(request));
  }
  changed_.NotifyOne();
}

void BlobIoThread::Load(const Digest& digest,
                        std::function<void(absl::StatusOr<std::string>)> done) {
  Add([this, digest, done = std::move(done)]() -> runtime::Mailbox::Message {
    return [done, bytes = LoadNow(digest)] { done(bytes); };
  });
}

void BlobIoThread::Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
                         std::function<void(absl::Status)> done) {
  Add([this, digest, bytes = std::move(bytes),
       done = std::move(done)]() -> runtime::Mailbox::Message {
    absl::Status status = store_.Contains(digest) ? absl::OkStatus() : store_.Put(*bytes).status();
    return [done, status = std::move(status)] { done(status); };
  });
}

absl::StatusOr<std::string> BlobIoThread::LoadNow(const Digest& digest) {
  return store_.Get(digest, bytes_max_);
}

void BlobIoThread::Run() {
  while (true) {
    Request request;
    {
      MutexLock lock(mutex_);
      while (requests_.empty() && !is_closing_) changed_.Wait(mutex_);
      if (is_closing_) return;
      request = std::move(requests_.front());
      requests_.pop_front();
    }
    mailbox_.Post(request());
  }
}

}  // namespace orrery
