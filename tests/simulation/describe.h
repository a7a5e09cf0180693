// Descriptions of records, commands and messages, for the story of a simulated world.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "controller/engine/effect.h"
#include "controller/engine/record.h"
#include "controller/runtime/transport.h"
#include "tests/simulation/simulated_worker.h"

namespace orrery::simulation {

std::string Describe(const engine::Record& record);
std::string Describe(const runtime::SessionCommand& command);
std::string Describe(const WorkerMessage& message);

}  // namespace orrery::simulation
