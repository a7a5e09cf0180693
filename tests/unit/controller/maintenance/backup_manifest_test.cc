#include "controller/maintenance/backup_manifest.h"

#include "base/checksum.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::maintenance {
namespace {

using ::testing::HasSubstr;

const BackupManifest kManifest{.created_at = absl::UnixEpoch() + absl::Seconds(1'795'745'015),
                               .records = 123,
                               .blobs = 4,
                               .blob_bytes = 12345};

std::string Sealed(const std::string& lines) {
  return fmt::format("{}crc32c {:08x}\n", lines, Crc32c(lines));
}

TEST(BackupManifestTest, TextIsThatOfTheDocument) {
  EXPECT_EQ(EncodeBackupManifest(kManifest), Sealed("orrery backup 1\n"
                                                    "created_at 2026-11-27T02:03:35Z\n"
                                                    "records 123\n"
                                                    "blobs 4\n"
                                                    "blob_bytes 12345\n"));
  EXPECT_EQ(DecodeBackupManifest(EncodeBackupManifest(kManifest)).value(), kManifest);
}

TEST(BackupManifestTest, EveryChangedByteIsDataLoss) {
  const std::string text = EncodeBackupManifest(kManifest);
  for (std::size_t position = 0; position < text.size(); ++position) {
    std::string damaged = text;
    damaged[position] = static_cast<char>(damaged[position] ^ 1);
    EXPECT_EQ(DecodeBackupManifest(damaged).status().code(), absl::StatusCode::kDataLoss)
        << position;
  }
}

TEST(BackupManifestTest, NewerVersionIsRefusedWithBoth) {
  const absl::Status status =
      DecodeBackupManifest(Sealed("orrery backup 2\nsomething else\n")).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("version 2, this program reads 1"));
}

TEST(BackupManifestTest, WrongLinesAreDataLossThoughTheChecksumIsRight) {
  for (const std::string lines :
       {"", "orrery backup\n", "orrery backup 1\n", "orrery backup x\n",
        "orrery backup 1\ncreated_at noon\nrecords 1\nblobs 1\nblob_bytes 1\n",
        "orrery backup 1\ncreated_at 2026-11-27T02:03:35Z\nrecords -1\nblobs 1\nblob_bytes 1\n"}) {
    EXPECT_EQ(DecodeBackupManifest(Sealed(lines)).status().code(), absl::StatusCode::kDataLoss)
        << lines;
  }
}

TEST(BackupManifestTest, FolderWithoutOneIsNoBackup) {
  const TempDirectory directory = MakeFastDirectory();

  const absl::Status status = ReadBackupManifest(directory.path()).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr(directory.path() + " is not a complete backup"));
}

}  // namespace
}  // namespace orrery::maintenance
