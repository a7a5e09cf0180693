// What happens in a simulated world, in words for its story.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "controller/engine/effect.h"
#include "controller/engine/record.h"
#include "controller/runtime/transport.h"
#include "model/attempt_id.h"
#include "tests/simulation/simulated_worker.h"

namespace orrery::simulation {

std::string Describe(model::AttemptId attempt);
std::string Describe(const engine::Record& record);
std::string Describe(const runtime::SessionCommand& command);
std::string Describe(const Said& said);
}  // namespace orrery::simulation
