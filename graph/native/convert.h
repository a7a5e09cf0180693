// Between C++ values and decoded data: ToDatum and FromDatum.
#pragma once

#include "graph/native/from_datum.h"
#include "graph/native/to_datum.h"
