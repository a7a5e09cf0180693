// What one worker's session needs of those who own it.
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

// A line that an attempt of the workflow logged. Must not block.
using LogSink = std::function<void(const Uuid& workflow, std::string line)>;

struct SessionSettings {
  // The folder that workers may use directly, and what proves that they see it.
  std::string storage_root;
  std::string storage_token;
  // Whether a blob that a worker writes may be lost in a power cut.
  bool blobs_need_no_sync = false;
  LogSink log;
  Limits limits;
};

class SessionCall;

class SessionHost {
 public:
  // A stream has arrived: its id, or why it cannot be served.
  virtual absl::StatusOr<runtime::SessionId> Open(SessionCall& call) = 0;
  // Nothing more is heard from it; the controller is told before the turn ends. Once.
  virtual void Lost(runtime::SessionId session) = 0;
  // Its life ends.
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
