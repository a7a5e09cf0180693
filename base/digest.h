// SHA-256: names a blob, a graph or a set of inputs by its content.
//
// Threading: Digest is a value type; Sha256Stream is thread-compatible.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX.

namespace orrery {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  // Parses 64 hexadecimal digits of either case.
  //
  // Errors: kInvalidArgument if `hex` has another form.
  static absl::StatusOr<Digest> Parse(std::string_view hex);
  // Reads the 32 bytes of a message field.
  //
  // Errors: kInvalidArgument, naming `field`, if the size differs.
  static absl::StatusOr<Digest> FromBytes(std::string_view text, std::string_view field);

  // Returns 64 lower-case digits.
  std::string ToHex() const;
  std::string ToBytes() const { return {bytes.begin(), bytes.end()}; }

  friend auto operator<=>(const Digest&, const Digest&) = default;

  template <class H>
  friend H AbslHashValue(H state, const Digest& digest) {
    return H::combine(std::move(state), digest.bytes);
  }
};

Digest Sha256(std::string_view bytes);

// Computes the digest of bytes that arrive in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept = default;
  Sha256Stream& operator=(Sha256Stream&&) noexcept = default;
  ~Sha256Stream() = default;

  void Update(std::string_view bytes);
  // Returns the digest of all bytes so far, and starts a new digest.
  Digest Finish();

 private:
  struct ContextDeleter {
    void operator()(evp_md_ctx_st* context) const;
  };

  std::unique_ptr<evp_md_ctx_st, ContextDeleter> context_;
};

}  // namespace orrery
