// The function that each fuzz target defines. Its two drivers are libFuzzer, which generates
// inputs, and the replay (replay_main.cc), a plain test in every build, with the inputs of the
// repository.
#pragma once

#include <string_view>

namespace orrery::fuzz {

// Feeds `bytes`, which may be anything, to the code under test, and CHECKs what must hold of its
// answers. Depends on nothing but `bytes`.
void TestOneInput(std::string_view bytes);

}  // namespace orrery::fuzz
