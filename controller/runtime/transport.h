// Sends the controller's commands to the sessions of workers.
//
// Commands to one session arrive in order or not at all. A connection that breaks loses the
// commands in transit, and the owner of the connection calls Controller::OnSessionLost.
//
// Threading: called from the loop thread only; must not block, and must not call back into the
// controller before it returns.
#pragma once

#include <variant>

#include "controller/runtime/api.h"

namespace orrery::runtime {

using SessionCommand = std::variant<WelcomeWorker, RefuseWorker, AssignAttempt, CancelAttempt,
                                    RevokeAttempts, DrainWorker, AcknowledgeOutcomes, CloseSession>;

class Transport {
 public:
  virtual ~Transport() = default;

  // Ignores a session that has ended; OnSessionLost follows.
  virtual void Send(SessionCommand command) = 0;
};

}  // namespace orrery::runtime
