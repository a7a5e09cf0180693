#include "controller/runtime/work_mark_file.h"

#include <algorithm>
#include <array>
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

constexpr std::uint64_t kFormat = 0x314B524F5752524F;  // "ORRWORK1" in the order of the bytes.

std::string PathOf(const std::string& root) { return root + "/working"; }

}  // namespace

struct WorkMarkFile::Entry {
  std::uint64_t workflow;
  std::uint32_t deaths;
  std::uint32_t is_held;
};

// Numbers in the machine's byte order: the file never leaves the machine.
struct WorkMarkFile::Page {
  std::uint64_t format;
  // The number of a workflow; 0: the engine is at work for none.
  volatile std::uint64_t working;
  std::uint64_t count;
  std::array<Entry, kPoisonEntries.max> entries;

  bool is_sound() const { return format == kFormat && count <= kPoisonEntries.max; }
  std::span<Entry> used() { return std::span(entries).first(count); }
  std::set<engine::WorkflowNumber> Held() {
    std::set<engine::WorkflowNumber> held;
    for (const Entry& entry : used()) {
      if (entry.is_held != 0) held.insert(engine::WorkflowNumber(entry.workflow));
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

std::set<engine::WorkflowNumber> WorkMarkFile::ReadHeld(const std::string& root) {
  const absl::StatusOr<std::string> bytes = ReadFile(PathOf(root), /*bytes_max=*/sizeof(Page));
  if (!bytes.ok() || bytes->size() != sizeof(Page)) return {};
  Page page = {};
  std::memcpy(&page, bytes->data(), sizeof(Page));
  if (!page.is_sound()) return {};
  return page.Held();
}

WorkMarkFile::~WorkMarkFile() { munmap(page_, sizeof(Page)); }

void WorkMarkFile::Enter(engine::WorkflowNumber workflow) { page_->working = workflow.value(); }

void WorkMarkFile::Leave() { page_->working = 0; }

void WorkMarkFile::CountDeath() {
  const std::uint64_t working = page_->working;
  if (working == 0) return;
  if (Entry* entry = FindOrAdd(engine::WorkflowNumber(working))) {
    if (++entry->deaths >= kPoisonDeaths.max) entry->is_held = 1;
  }
  page_->working = 0;
}

WorkMarkFile::Entry* WorkMarkFile::FindOrAdd(engine::WorkflowNumber workflow) {
  const auto used = page_->used();
  const auto found = std::ranges::find(used, workflow.value(), &Entry::workflow);
  if (found != used.end()) return &*found;
  if (page_->count == kPoisonEntries.max) return nullptr;
  Entry& added = page_->entries[page_->count++];
  added = {.workflow = workflow.value(), .deaths = 0, .is_held = 0};
  return &added;
}

std::set<engine::WorkflowNumber> WorkMarkFile::Held() const { return page_->Held(); }

bool WorkMarkFile::Hold(engine::WorkflowNumber workflow) {
  Entry* entry = FindOrAdd(workflow);
  if (entry == nullptr) return false;
  entry->is_held = 1;
  return true;
}

void WorkMarkFile::RemoveUnless(const std::function<bool(engine::WorkflowNumber)>& exists) {
  const auto used = page_->used();
  const auto end = std::remove_if(used.begin(), used.end(), [&](const Entry& entry) {
    return !exists(engine::WorkflowNumber(entry.workflow));
  });
  page_->count = static_cast<std::uint64_t>(end - used.begin());
}

void WorkMarkFile::ForgiveDeaths() {
  const auto used = page_->used();
  const auto end = std::remove_if(used.begin(), used.end(),
                                  [](const Entry& entry) { return entry.is_held == 0; });
  page_->count = static_cast<std::uint64_t>(end - used.begin());
}

}  // namespace orrery::runtime
