#include "controller/runtime/io_thread.h"

#include <utility>

namespace orrery::runtime {

IoThread::IoThread(Mailbox& mailbox) : mailbox_(mailbox), thread_([this] { Run(); }) {}

IoThread::~IoThread() {
  {
    MutexLock lock(mutex_);
    is_closing_ = true;
  }
  changed_.NotifyOne();
  thread_.join();
}

void IoThread::Add(Request request) {
  {
    MutexLock lock(mutex_);
    requests_.push_back(std::move(request));
  }
  changed_.NotifyOne();
}

void IoThread::Run() {
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

}  // namespace orrery::runtime
