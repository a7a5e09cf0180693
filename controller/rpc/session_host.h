// The owner of the sessions, as one session uses it.
//
// Threading: confined to the loop thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/turn_end.h"
#include "controller/runtime/api.h"
#include "controller/runtime/controller.h"

namespace orrery::rpc {

// Receives a line that an attempt of the workflow logged. Must not block.
using LogSink = std::function<void(const Uuid& workflow, std::string line)>;

struct SessionSettings {
  // The folder that workers may use directly, and the token that proves that they can read it.
  std::string storage_root;
  std::string storage_token;
  // True if a power cut may lose a blob that a worker writes.
  bool blobs_need_no_sync = false;
  LogSink log;
  Limits limits;
};

class SessionCall;

class SessionHost {
 public:
  // Registers a new stream. Returns its session id, or the reason to refuse it.
  virtual absl::StatusOr<runtime::SessionId> Open(SessionCall& call) = 0;
  // Called once, when the session will read no more messages. The controller learns of it before
  // the iteration ends.
  virtual void Lost(runtime::SessionId session) = 0;
  // Called from the destructor of the session.
  virtual void Forget(runtime::SessionId session) = 0;

  virtual bool is_stopping() const = 0;
  virtual runtime::Controller& controller() = 0;
  virtual TurnEnd& turn_end() = 0;
  virtual const Clock& clock() const = 0;
  virtual const SessionSettings& settings() const = 0;

 protected:
  ~SessionHost() = default;
};

}  // namespace orrery::rpc
