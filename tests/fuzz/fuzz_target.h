// What each fuzz target defines, and its two drivers call: libFuzzer with inputs it makes up, and
// the replay (replay_main.cc), a plain test of every build, with the inputs that are checked in.
#pragma once

#include <string_view>

namespace orrery::fuzz {

// Feeds `bytes`, which may be anything, to the code under test, and CHECKs what must hold of its
// answers. Depends on nothing but `bytes`.
void TestOneInput(std::string_view bytes);

}  // namespace orrery::fuzz
