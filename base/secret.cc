#include "base/secret.h"

#include "fmt/format.h"
#include <openssl/crypto.h>

namespace orrery {

std::string NewSecret(Random& random) {
  const std::uint64_t first = random.Next();
  return fmt::format("{:016x}{:016x}", first, random.Next());
}

bool AreEqualSecrets(std::string_view left, std::string_view right) {
  return !left.empty() && left.size() == right.size() &&
         CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace orrery
