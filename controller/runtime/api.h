// The types that the edges and the runtime exchange.
//
// The edges do not include the engine; this header names the types of the engine that they use.
#pragma once

#include "controller/engine/compiled_graph.h"
#include "controller/engine/effect.h"
#include "controller/engine/ids.h"
#include "controller/engine/input.h"

namespace orrery::runtime {

using engine::CompiledGraph;
using engine::HeldVerdict;
using engine::ProgressReported;
using engine::RefusalReason;
using engine::SessionId;
using engine::WorkerHello;

// The commands of the controller to a worker's session.
using engine::AcknowledgeOutcomes;
using engine::AssignAttempt;
using engine::CancelAttempt;
using engine::CloseSession;
using engine::DrainWorker;
using engine::RefuseWorker;
using engine::RevokeAttempts;
using engine::WelcomeWorker;

}  // namespace orrery::runtime
