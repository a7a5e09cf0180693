// The version of the SDK, as a worker tells it.
#pragma once

#include <string_view>

namespace orrery {

inline constexpr std::string_view kSdkVersion = "0.1.0";

}  // namespace orrery
