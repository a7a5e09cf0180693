// Runs one fuzz target on files: every file that is named, or is in a folder that is named.
//
// A failure ends the program, so each file is announced before it is run.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

constexpr std::uint64_t kInputBytesMax = std::uint64_t{1} << 30;

std::vector<std::string> FilesOf(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> files = FilesOf({argv + 1, argv + argc});
  for (const std::string& file : files) {
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);
    const absl::StatusOr<std::string> bytes = orrery::ReadFile(file, kInputBytesMax);
    if (!bytes.ok()) {
      std::fprintf(stderr, "%s\n", bytes.status().ToString().c_str());
      return 1;
    }
    orrery::fuzz::TestOneInput(*bytes);
  }
  if (files.empty()) std::fprintf(stderr, "no inputs to run\n");
  return files.empty() ? 1 : 0;
}
