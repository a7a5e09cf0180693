#include "client/cli/input_file.h"

#include <cstdint>

#include "base/file.h"
#include "base/status_macros.h"

namespace orrery::cli {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::string_view kAdvice = "give less";

absl::StatusOr<std::string> ReadStandardInput(Console& console, const Limit& limit) {
  std::string bytes;
  std::string buffer(kReadBytes, '\0');
  while (console.in.read(buffer.data(), kReadBytes) || console.in.gcount() > 0) {
    bytes.append(buffer, 0, static_cast<std::size_t>(console.in.gcount()));
    RETURN_IF_ERROR(CheckLimit(limit, "standard input", bytes.size(), kAdvice));
  }
  return bytes;
}

}  // namespace

std::string SourceName(const std::string& path) {
  return path == kStandardStream ? "standard input" : path;
}

absl::StatusOr<std::string> ReadInputFile(Console& console, const std::string& path,
                                          const Limit& limit) {
  if (path == kStandardStream) return ReadStandardInput(console, limit);
  absl::StatusOr<std::string> bytes = ReadFile(path, limit, kAdvice);
  if (bytes.ok() || absl::IsNotFound(bytes.status())) return bytes;
  return absl::InvalidArgumentError(std::string(bytes.status().message()));
}

}  // namespace orrery::cli
