#include "graph/value.h"

namespace orrery::graph {

bool operator==(const Value& left, const Value& right) {
  if (left.media_type != right.media_type || left.type_name != right.type_name) return false;
  if (left.is_inline() && right.is_inline()) return left.bytes() == right.bytes();
  return left.content == right.content;
}

SharedBytes SharedBytesOf(const Value& value) {
  const auto* shared = std::get_if<SharedBytes>(&value.content);
  return shared != nullptr ? *shared : SharedBytes(std::string(value.bytes()));
}

Digest ContentDigest(const Value& value) {
  return value.is_inline() ? Sha256(value.bytes()) : value.blob().digest;
}

}  // namespace orrery::graph
