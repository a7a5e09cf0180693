// The functions of base/utf8.h under the names that the code of values uses.
//
// Threading: functions without state.
#pragma once

#include "base/utf8.h"

namespace orrery::graph {

using orrery::AppendUtf8;
using orrery::CodePoint;
using orrery::DecodeUtf8;
using orrery::IsValidUtf8;
using orrery::Surrogates;
using orrery::ToUtf8;

}  // namespace orrery::graph
