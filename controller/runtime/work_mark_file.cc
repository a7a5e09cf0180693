#include "controller/runtime/work_mark_file.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "fmt/format.h"

namespace orrery::runtime {
namespace {

constexpr std::uint64_t kFormat = 0x324B524F5752524F;  // "ORRWORK2" in the order of the bytes.

std::string PathOf(const std::string& root) { return root + "/working"; }

}  // namespace

struct WorkMarkFile::Entry {
  Uuid id;
  std::uint64_t number;
  std::uint32_t deaths;
  std::uint32_t is_held;
};

// Numbers in the machine's byte order: the file never leaves the machine.
struct WorkMarkFile::Page {
  std::uint64_t format;
  // The number of a workflow; 0: the engine is at work for none.
  volatile std::uint64_t working;
  Uuid working_id;
  std::uint64_t count;
  std::array<Entry, kPoisonEntries.max> entries;

  bool is_sound() const { return format == kFormat && count <= kPoisonEntries.max; }
  std::span<Entry> used() { return std::span(entries).first(count); }
  Held held() {
    Held held;
    for (const Entry& entry : used()) {
      if (entry.is_held != 0) held.emplace(entry.id, engine::WorkflowNumber(entry.number));
    }
    return held;
  }
};

absl::StatusOr<std::unique_ptr<WorkMarkFile>> WorkMarkFile::Open(const std::string& root) {
  const std::string path = PathOf(root);
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0) return ErrnoStatus(errno, "open", path);
  // Allocates: a write into a mapped hole of a full disk would kill the process.
  const int error = posix_fallocate(file, 0, sizeof(Page));
  void* mapped = error != 0
                     ? MAP_FAILED
                     : mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  const int map_error = error != 0 ? error : errno;
  close(file);
  if (mapped == MAP_FAILED) return ErrnoStatus(map_error, "map", path);
  auto* page = static_cast<Page*>(mapped);
  if (!page->is_sound()) {
    *page = {};
    page->format = kFormat;
  }
  auto opened = std::unique_ptr<WorkMarkFile>(new WorkMarkFile(page));
  opened->CountDeath();
  return opened;
}

WorkMarkFile::Held WorkMarkFile::ReadHeld(const std::string& root) {
  const absl::StatusOr<std::string> bytes = ReadFile(PathOf(root), /*bytes_max=*/sizeof(Page));
  if (!bytes.ok() || bytes->size() != sizeof(Page)) return {};
  Page page = {};
  std::memcpy(&page, bytes->data(), sizeof(Page));
  if (!page.is_sound()) return {};
  return page.held();
}

WorkMarkFile::~WorkMarkFile() { munmap(page_, sizeof(Page)); }

void WorkMarkFile::Begin(engine::WorkflowNumber number, const Uuid& id) {
  page_->working_id = id;
  // The process may die between the two: the number says that the id is whole.
  std::atomic_signal_fence(std::memory_order_release);
  page_->working = number.value();
}

void WorkMarkFile::End() { page_->working = 0; }

void WorkMarkFile::CountDeath() {
  const std::uint64_t working = page_->working;
  if (working == 0) return;
  if (Entry* entry = FindOrAdd(engine::WorkflowNumber(working), page_->working_id)) {
    if (++entry->deaths >= kPoisonDeaths.max) entry->is_held = 1;
  }
  page_->working = 0;
}

WorkMarkFile::Entry* WorkMarkFile::FindOrAdd(engine::WorkflowNumber number, const Uuid& id) {
  const auto used = page_->used();
  const auto found = std::ranges::find(used, id, &Entry::id);
  if (found == used.end() && page_->count == kPoisonEntries.max) return nullptr;
  Entry& entry = found == used.end() ? page_->entries[page_->count++] : *found;
  if (found == used.end()) entry = {.id = id, .number = 0, .deaths = 0, .is_held = 0};
  entry.number = number.value();
  return &entry;
}

WorkMarkFile::Held WorkMarkFile::held() const { return page_->held(); }

bool WorkMarkFile::Hold(engine::WorkflowNumber number, const Uuid& id) {
  Entry* entry = FindOrAdd(number, id);
  if (entry == nullptr) return false;
  entry->is_held = 1;
  return true;
}

void WorkMarkFile::RemoveStale(const Find& find) {
  RemoveIf([&](const Entry& entry) {
    const std::optional<engine::WorkflowNumber> number = find(entry.id);
    return number.has_value() ? number->value() > entry.number : entry.deaths == 0;
  });
}

void WorkMarkFile::ForgiveDeaths(const Find& find) {
  RemoveIf([&](const Entry& entry) {
    return entry.is_held == 0 || find(entry.id) != engine::WorkflowNumber(entry.number);
  });
}

void WorkMarkFile::RemoveIf(const std::function<bool(const Entry&)>& is_removed) {
  const auto used = page_->used();
  const auto end = std::remove_if(used.begin(), used.end(), is_removed);
  page_->count = static_cast<std::uint64_t>(end - used.begin());
}

}  // namespace orrery::runtime
