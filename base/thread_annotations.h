// Names for clang's thread-safety attributes; empty with other compilers.
//
// Abseil's headers define GUARDED_BY, PT_GUARDED_BY, ACQUIRED_BEFORE, ACQUIRED_AFTER and
// NO_THREAD_SAFETY_ANALYSIS without a prefix. Those are used as they are, whatever is included
// first; the rest is added here.
#pragma once

#include "absl/base/thread_annotations.h"

#if defined(__clang__)
#define ORRERY_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define ORRERY_THREAD_ATTRIBUTE(x)
#endif

#define CAPABILITY(name) ORRERY_THREAD_ATTRIBUTE(capability(name))
#define SCOPED_CAPABILITY ORRERY_THREAD_ATTRIBUTE(scoped_lockable)
#define REQUIRES(...) ORRERY_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define ACQUIRE(...) ORRERY_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) ORRERY_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define EXCLUDES(...) ORRERY_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
