#include "executors/capture.h"

#include <optional>
#include <string>
#include <unistd.h>

#include "absl/status/status.h"
#include "boost/asio/io_context.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::executors {
namespace {

using ::testing::HasSubstr;

// Returns the output of a program after its end.
absl::StatusOr<std::string> RunToEnd(CaptureSpec spec) {
  boost::asio::io_context context;
  std::optional<absl::StatusOr<std::string>> result;
  bool has_returned = false;
  Capture(context, std::move(spec), [&](absl::StatusOr<std::string> printed) {
    EXPECT_TRUE(has_returned);
    EXPECT_FALSE(result.has_value()) << "told twice";
    result = std::move(printed);
  });
  has_returned = true;
  context.run();
  if (!result.has_value()) return absl::InternalError("never told");
  return *std::move(result);
}

absl::StatusOr<std::string> RunShell(const std::string& script) {
  return RunToEnd({.command = {"sh", "-c", script}, .environment = {}});
}

TEST(CaptureTest, GivesWhatWasPrinted) { EXPECT_EQ(*RunShell("echo one; echo two"), "one\ntwo\n"); }

TEST(CaptureTest, GivesMoreThanAPipeHolds) {
  EXPECT_EQ(RunShell("head -c 1000000 /dev/zero")->size(), 1'000'000U);
}

TEST(CaptureTest, StderrIsNoOutput) { EXPECT_EQ(*RunShell("echo noise >&2; echo data"), "data\n"); }

TEST(CaptureTest, TheProgramSeesItsEnvironment) {
  EXPECT_EQ(*RunToEnd({.command = {"sh", "-c", "echo $ORRERY_TEST_COLOUR"},
                       .environment = {{"ORRERY_TEST_COLOUR", "blue"}}}),
            "blue\n");
}

TEST(CaptureTest, AFailureIsToldWithStatusAndStderr) {
  const absl::Status status = RunShell("echo data; echo no such array >&2; exit 3").status();

  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(std::string(status.message()), "it exited with status 3: no such array");
}

TEST(CaptureTest, AProgramThatIsKilledIsToldWithTheSignal) {
  EXPECT_THAT(std::string(RunShell("kill -9 $$").status().message()),
              HasSubstr("killed by SIGKILL"));
}

TEST(CaptureTest, OfStderrTheEndIsTold) {
  const absl::Status status =
      RunShell("head -c 100000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 1").status();

  EXPECT_THAT(std::string(status.message()), HasSubstr("xxend"));
  EXPECT_LT(status.message().size(), 3000U);
}

TEST(CaptureTest, AProgramThatDoesNotExistIsAnError) {
  EXPECT_EQ(RunToEnd({.command = {"/nowhere/program"}, .environment = {}}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(CaptureTest, AProgramThatDoesNotEndIsEnded) {
  CaptureSpec spec{.command = {"sleep", "1000"}, .environment = {}};
  spec.time.max = 20;

  const absl::Status status = RunToEnd(spec).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("20ms (limit captured_program_time)"));
}

TEST(CaptureTest, AProgramThatPrintsWithoutEndIsEnded) {
  CaptureSpec spec{.command = {"yes"}, .environment = {}};
  spec.bytes.max = 100'000;

  const absl::Status status = RunToEnd(spec).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("limit captured_bytes"));
}

TEST(CaptureTest, WhatAProgramLeavesBehindEndsWithIt) {
  EXPECT_EQ(*RunShell("sleep 1000 & echo started"), "started\n");
}

}  // namespace
}  // namespace orrery::executors
