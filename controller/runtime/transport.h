// The seam between the controller and its workers' connections.
//
// Commands to one session arrive in order or not at all: a connection that breaks loses those that
// were on their way, and whoever owns it then calls Controller::OnSessionLost.
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

  // A session that is gone is ignored: its loss is on its way.
  virtual void Send(SessionCommand command) = 0;
};

}  // namespace orrery::runtime
