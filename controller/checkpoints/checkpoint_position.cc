#include "controller/checkpoints/checkpoint_position.h"

#include <charconv>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

#include "base/blob_layout.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "fmt/format.h"

namespace orrery::checkpoints {
namespace {

// Returns an id of the current boot of the machine; empty if the system has none. The file has the
// size 0, as all of /proc.
std::string BootId() {
  const FileDescriptor file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  std::string id(64, '\0');
  const ssize_t size = file.is_open() ? ::read(file.value(), id.data(), id.size()) : 0;
  id.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return id.substr(0, id.find('\n'));
}

std::uint64_t ReadPosition(const std::string& path, const std::string& boot) {
  const auto text = ReadFile(path, /*bytes_max=*/200);
  if (!text.ok() || boot.empty()) return 0;
  std::uint64_t lsn = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), lsn);
  if (error != std::errc() || std::string_view(end) != fmt::format(" {}\n", boot)) return 0;
  return lsn;
}

}  // namespace

CheckpointPosition::CheckpointPosition(const std::string& root)
    : path_(CheckpointsPath(root) + "/_written"),
      boot_(BootId()),
      value_(ReadPosition(path_, boot_)) {}

void CheckpointPosition::Write(std::uint64_t lsn) {
  if (lsn == value_) return;
  const std::string text = fmt::format("{} {}\n", lsn, boot_);
  if (WriteFileAtomically(path_, text, Sync::kNone).ok()) value_ = lsn;
}

}  // namespace orrery::checkpoints
