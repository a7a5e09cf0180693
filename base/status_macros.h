// Early return on errors, with the spelling of newer Abseil versions.
//
//   RETURN_IF_ERROR(file.Sync());
//   ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, bytes_max));
//
// ASSIGN_OR_RETURN is more than one statement: give it braces under an `if`.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(expression)                                         \
  do {                                                                      \
    if (::absl::Status orrery_status = (expression); !orrery_status.ok()) { \
      return orrery_status;                                                 \
    }                                                                       \
  } while (false)

#define ASSIGN_OR_RETURN(declaration, expression) \
  ORRERY_ASSIGN_OR_RETURN(ORRERY_JOIN(orrery_result_, __LINE__), declaration, expression)

#define ORRERY_JOIN_AGAIN(left, right) left##right
#define ORRERY_JOIN(left, right) ORRERY_JOIN_AGAIN(left, right)
#define ORRERY_ASSIGN_OR_RETURN(result, declaration, expression) \
  auto result = (expression);                                    \
  if (!result.ok()) return std::move(result).status();           \
  declaration = std::move(result).value()
