// The version of the SDK, sent in the Hello.
#pragma once

#include <string_view>

namespace orrery {

inline constexpr std::string_view kSdkVersion = "0.1.0";

}  // namespace orrery
