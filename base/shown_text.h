// Text from outside in a form that is safe to show: in logs, in tables, on terminals.
//
// Escapes what would move the cursor, change the direction of the text, take no room or end a
// line: control characters and bytes that are not UTF-8 as \n, \t or \xNN, other characters as
// \u{NNNN}. Backslashes stay single, so the result is for reading, not for decoding.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery {

// Returns false for a character that has to be escaped.
bool IsShownAsIs(char32_t character);
// Returns true if ShownText returns `text` unchanged.
bool IsShownAsIs(std::string_view text);

// Returns `text` on one line.
std::string ShownText(std::string_view text);

// Returns `text` with its line breaks, and with `indent` after each: a line of it never starts
// where a line of the caller does, if `indent` is not empty. Tabs stay, too.
std::string ShownLines(std::string_view text, std::string_view indent = "");

// Returns the start of `text` in quotes, on one line, for a message that is about it.
std::string Quoted(std::string_view text);

// Returns the columns that a line of shown text takes on a terminal: 2 for a wide character, 0 for
// a combining one.
std::size_t ShownWidth(std::string_view text);

}  // namespace orrery
