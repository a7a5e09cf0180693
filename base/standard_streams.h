// The standard streams of a program: every main begins and ends with these functions, so that lost
// output is never a success.
//
// Threading: call them from main, while no other thread writes.
#pragma once

#include <string_view>

namespace orrery {

// The exit code of a program that could not write its output.
inline constexpr int kExitOutputLost = 6;

// Takes the place of standard streams that were closed, so that no other file gets their
// descriptors. Reading and writing such a stream fails, as it would if it were closed.
void PrepareStandardStreams();

// Flushes standard output, and returns `code`. If output was lost, prints the reason on standard
// error, and returns kExitOutputLost in place of 0.
int FinishOutput(std::string_view program, int code);

}  // namespace orrery
