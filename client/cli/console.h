// The streams of a command, and whether they are terminals.
//
// Threading: thread-compatible.
#pragma once

#include <istream>
#include <ostream>

namespace orrery::cli {

struct Console {
  std::istream& in;
  // Results.
  std::ostream& out;
  // Progress and errors.
  std::ostream& err;
  bool is_out_terminal = false;
  bool is_err_terminal = false;
  // `err` may have colours: it is a terminal, and the environment has no NO_COLOR.
  bool has_color = false;
  // The same of `out`.
  bool has_out_color = false;
};

// Standard input, output and error.
Console StandardConsole();

}  // namespace orrery::cli
