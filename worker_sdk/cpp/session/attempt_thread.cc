#include "worker_sdk/cpp/session/attempt_thread.h"

namespace orrery {
namespace {

thread_local std::optional<AttemptId> current;

}  // namespace

AttemptThread::AttemptThread(AttemptId attempt) { current = attempt; }

AttemptThread::~AttemptThread() { current.reset(); }

std::optional<AttemptId> AttemptThread::Current() { return current; }

}  // namespace orrery
