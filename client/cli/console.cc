#include "client/cli/console.h"

#include <cstdlib>
#include <iostream>
#include <string_view>
#include <unistd.h>

#include "client/cli/shown_stream.h"

namespace orrery::cli {

Console StandardConsole() {
  const bool is_out_terminal = isatty(STDOUT_FILENO) == 1;
  const bool is_err_terminal = isatty(STDERR_FILENO) == 1;
  const char* no_color = std::getenv("NO_COLOR");
  const bool is_color_refused = no_color != nullptr && *no_color != '\0';
  static ShownStream out_buffer(*std::cout.rdbuf());
  static ShownStream err_buffer(*std::cerr.rdbuf());
  static std::ostream out(&out_buffer);
  static std::ostream err(&err_buffer);
  return {.in = std::cin,
          .out = out,
          .err = err,
          .unescaped_out = &std::cout,
          .unescaped_err = &std::cerr,
          .is_out_terminal = is_out_terminal,
          .is_err_terminal = is_err_terminal,
          .has_color = is_err_terminal && !is_color_refused,
          .has_out_color = is_out_terminal && !is_color_refused};
}

}  // namespace orrery::cli
