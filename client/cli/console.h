// The streams of a command, and whether they are terminals.
//
// Threading: thread-compatible.
#pragma once

#include <istream>
#include <ostream>

namespace orrery::cli {

struct Console {
  std::istream& in;
  // Results, as text: characters that command a terminal are escaped (client/cli/shown_stream.h).
  std::ostream& out;
  // Progress and errors, as text.
  std::ostream& err;
  // The same streams for bytes that must not change. Absent: `out` and `err` take them.
  std::ostream* unescaped_out = nullptr;
  std::ostream* unescaped_err = nullptr;
  bool is_out_terminal = false;
  bool is_err_terminal = false;
  // `err` may have colours: it is a terminal, and the environment has no NO_COLOR.
  bool has_color = false;
  // The same of `out`.
  bool has_out_color = false;

  // For values and documents: on a terminal, they are text.
  std::ostream& bytes_out() const { return is_out_terminal ? out : colors_out(); }
  // For text with colours, whose names are escaped already.
  std::ostream& colors_out() const { return unescaped_out != nullptr ? *unescaped_out : out; }
  std::ostream& colors_err() const { return unescaped_err != nullptr ? *unescaped_err : err; }
};

// Standard input, output and error.
Console StandardConsole();

}  // namespace orrery::cli
