// Typed stubs of all builtins: what the controller computes itself, without a worker.
//
//   const auto sum = g.Add(builtins::IAdd{.a = x, .b = 1});
//   const auto headed = g.Add(builtins::Head<double>{.v = list});
//
// Their names are those of the graph language without its prefixes (tkr_len is Len, trk_and is
// And). One that works on any type is a template over it.
#pragma once

#include "client/cpp/builtins/lists.h"
#include "client/cpp/builtins/numbers.h"
#include "client/cpp/builtins/values.h"
