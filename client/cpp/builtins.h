// Typed stubs of all builtins, the functions that the controller evaluates itself.
//
//   const auto sum = g.Add(builtins::IAdd{.a = x, .b = 1});
//   const auto headed = g.Add(builtins::Head<double>{.v = list});
//
// The names are those of the graph language without prefixes (tkr_len is Len, trk_and is And).
// Builtins that work on any type are templates.
#pragma once

#include "client/cpp/builtins/lists.h"
#include "client/cpp/builtins/numbers.h"
#include "client/cpp/builtins/values.h"
