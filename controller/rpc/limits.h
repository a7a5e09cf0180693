// Limits and settings of the gRPC edge, with their units. A call over a limit is refused with a
// message that names the limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/limit.h"
#include "base/tail_buffer.h"
#include "controller/rpc/stream_gate.h"
#include "graph/value.h"
#include "model/codec/session_codec.h"

namespace orrery::rpc {

struct Limits {
  // Size of one message, in both directions.
  std::size_t message_bytes_max = 64 * 1024 * 1024;
  Limit calls_per_connection{.name = "calls_per_connection",
                             .max = 100,
                             .unit = LimitUnit::kCount,
                             .of = "open calls of one connection",
                             .beyond = "the client's gRPC delays further calls until one ends"};
  Limit header_bytes{.name = "header_bytes",
                     .max = 16 * 1024,
                     .unit = LimitUnit::kBytes,
                     .of = "headers of one call",
                     .beyond = "the call fails"};
  Limit handshake_time{.name = "handshake_time",
                       .max = 10'000,
                       .unit = LimitUnit::kMilliseconds,
                       .of = "from the preface of HTTP/2 to the client's settings",
                       .beyond = "the connection is closed"};
  Limit idle_time{.name = "idle_time",
                  .max = 300'000,
                  .unit = LimitUnit::kMilliseconds,
                  .of = "a connection without calls",
                  .beyond = "the connection is closed; a client connects again at its next call"};
  Limit transport_bytes{.name = "transport_bytes",
                        .max = 512 * 1024 * 1024,
                        .unit = LimitUnit::kBytes,
                        .of = "memory of gRPC for bytes that are sent or have arrived in part",
                        .beyond = "connections are read more slowly, then calls are ended"};
  // Idle duration after which a connection is pinged, and the timeout of the ping.
  absl::Duration keepalive_interval = absl::Seconds(20);
  absl::Duration keepalive_timeout = absl::Seconds(10);

  // Events that one iteration of the loop handles before it flushes.
  int events_per_turn_max = 256;
  // Longest delay of messages that no one waits for: progress and acknowledgements.
  absl::Duration unhurried_interval = absl::Milliseconds(2);
  // Timeout of a graceful stop, from the signal to the end of Run.
  absl::Duration stop_timeout = absl::Seconds(10);

  // --- Workers' sessions ---
  absl::Duration heartbeat_interval = absl::Seconds(5);
  // Heartbeat intervals without a message after which a session is closed.
  int silent_intervals_max = 3;
  std::size_t sessions_max = 10'000;
  // Size at which a batch of assignments to a worker is full; one assignment may be larger.
  std::size_t batch_bytes_max = 1024 * 1024;
  std::size_t batch_attempts_max = 1024;
  // Duration between SIGTERM and SIGKILL for a task that is a process.
  absl::Duration cancel_grace = absl::Seconds(10);
  std::uint32_t slots_max = 4096;
  std::size_t labels_max = 64;
  std::size_t catalog_tasks_max = 10'000;
  // Size of a host, a label or an SDK version.
  std::size_t label_bytes_max = model::kLabelBytesMax;
  std::size_t error_message_bytes_max = 64 * 1024;
  std::size_t error_details_bytes_max = model::kErrorTextBytesMax;
  std::size_t output_tail_bytes_max = kOutputTailBytesMax;
  // Log lines of one session: rate, burst, and size of one entry.
  std::size_t log_bytes_per_second = 1024 * 1024;
  std::size_t log_burst_bytes = 4 * 1024 * 1024;
  std::size_t log_entry_bytes_max = model::kLogEntryBytesMax;

  // Size of the note in a task's progress.
  std::size_t progress_note_bytes_max = model::kProgressNoteBytesMax;

  // --- Clients ---
  // Least interval between two messages of a watch; the last message is sent at once.
  absl::Duration watch_interval = absl::Milliseconds(50);
  std::size_t workflow_name_bytes_max = 1024;
  std::size_t reason_bytes_max = 4096;
  std::uint32_t page_size_default = 100;
  std::uint32_t page_size_max = 1000;
  // Size at which a page of a trace is full; one iteration may be larger.
  std::size_t trace_bytes_max = 8 * 1024 * 1024;

  // --- Blobs ---
  StreamLimits streams;
  Limit stat_digests{.name = "stat_digests",
                     .max = 1000,
                     .unit = LimitUnit::kCount,
                     .of = "blobs that one call asks about",
                     .beyond = "the call fails"};
  Limit blob_chunk_bytes{.name = "blob_chunk_bytes",
                         .max = 1024 * 1024,
                         .unit = LimitUnit::kBytes,
                         .of = "bytes of a blob in one message",
                         .beyond = "the transfer fails"};
  // Much more than transfers and admin calls need, so that a thread is left to refuse others.
  Limit service_threads{.name = "service_threads",
                        .max = 64,
                        .unit = LimitUnit::kCount,
                        .of = "threads for transfers of blobs and calls of the admin service",
                        .beyond = "calls fail with kResourceExhausted"};
  Limit admin_calls{.name = "admin_calls",
                    .max = 4,
                    .unit = LimitUnit::kCount,
                    .of = "backups and garbage collections that run or wait",
                    .beyond = "kResourceExhausted"};
};

inline constexpr Limits kLimits;

// Checks the size of an inline value; `what` names it in an error.
//
// Errors: kInvalidArgument if it is larger than graph::kInlineValueBytesMax.
absl::Status CheckInlineBytes(const graph::Value& value, absl::FunctionRef<std::string()> what);

}  // namespace orrery::rpc
