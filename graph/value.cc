#include "graph/value.h"

namespace orrery::graph {

Digest ContentDigest(const Value& value) {
  return value.is_inline() ? Sha256(value.bytes()) : value.blob().digest;
}

}  // namespace orrery::graph
