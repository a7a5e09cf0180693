// Secrets that two processes share: session keys and storage tokens.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"

namespace orrery {

// Returns 32 hexadecimal digits. Requires: `random` is fit for secrets.
std::string NewSecret(Random& random);

// Compares without telling by its duration where the texts differ. An empty text equals none.
bool AreEqualSecrets(std::string_view left, std::string_view right);

}  // namespace orrery
