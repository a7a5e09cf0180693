// The streams a command talks through, and what may be written to them.
//
// Threading: thread-compatible.
#pragma once

#include <istream>
#include <ostream>

namespace orrery::cli {

struct Console {
  std::istream& in;
  // What was asked for.
  std::ostream& out;
  // Everything else: progress, errors.
  std::ostream& err;
  bool is_out_terminal = false;
  bool is_err_terminal = false;
  // Whether `err` may have colours: a terminal, and no NO_COLOR in the environment.
  bool has_color = false;
  // The same of `out`.
  bool has_out_color = false;
};

// Standard input, output and error.
Console StandardConsole();

}  // namespace orrery::cli
