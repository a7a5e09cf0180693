#include "base/digest.h"

#include "absl/status/status.h"
#include "base/check.h"
#include "base/hex.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include <openssl/evp.h>

namespace orrery {
namespace {

// Fetched once: OpenSSL fetches the algorithm of EVP_sha256() again at every use.
const EVP_MD* Algorithm() {
  static const EVP_MD* const kAlgorithm = [] {
    const EVP_MD* found = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
    CHECK(found != nullptr);
    return found;
  }();
  return kAlgorithm;
}

}  // namespace

absl::StatusOr<Digest> Digest::Parse(std::string_view hex) {
  Digest digest;
  if (HexDecode(hex, digest.bytes)) return digest;
  return absl::InvalidArgumentError(fmt::format(
      "digest \"{}\" has {} characters, not 64 hexadecimal digits", hex.substr(0, 80), hex.size()));
}

absl::StatusOr<Digest> Digest::FromBytes(std::string_view text, std::string_view field) {
  Digest digest;
  RETURN_IF_ERROR(CopyBytes(text, field, digest.bytes));
  return digest;
}

std::string Digest::ToHex() const { return HexEncode(bytes); }

Digest Sha256(std::string_view bytes) {
  thread_local Sha256Stream stream;
  stream.Update(bytes);
  return stream.Finish();
}

void Sha256Stream::ContextDeleter::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  CHECK(context_ != nullptr);
  CHECK(EVP_DigestInit_ex2(context_.get(), Algorithm(), nullptr) == 1);
}

void Sha256Stream::Update(std::string_view bytes) {
  CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256Stream::Finish() {
  Digest digest;
  CHECK(EVP_DigestFinal_ex(context_.get(), digest.bytes.data(), nullptr) == 1);
  CHECK(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1);
  return digest;
}

}  // namespace orrery
