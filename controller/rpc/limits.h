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
#include "model/worker.h"
#include "rpc/message_size.h"

namespace orrery::rpc {

struct Limits {
  // Of one message that the controller accepts.
  Limit message_bytes = kMessageBytes;
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
  // Longest delay of what no one waits for: progress, and that records are durable.
  absl::Duration unhurried_interval = absl::Milliseconds(2);
  // Timeout of a graceful stop, from the signal to the end of Run.
  absl::Duration stop_timeout = absl::Seconds(10);

  // --- Workers' sessions ---
  absl::Duration heartbeat_interval = absl::Seconds(5);
  // Longest delay of an acknowledgement to a worker that has other attempts: the next message will
  // probably bring it.
  absl::Duration acknowledgement_delay = absl::Milliseconds(200);
  Limit silent_intervals{.name = "silent_intervals",
                         .max = 3,
                         .unit = LimitUnit::kCount,
                         .of = "heartbeat intervals in which a worker sends nothing",
                         .beyond = "its session is closed, as if the connection were lost"};
  Limit sessions{.name = "sessions",
                 .max = 10'000,
                 .unit = LimitUnit::kCount,
                 .of = "open sessions of workers",
                 .beyond = "kResourceExhausted; the worker retries"};
  Limit batch_bytes{.name = "batch_bytes",
                    .max = 1024 * 1024,
                    .unit = LimitUnit::kBytes,
                    .of = "assignments in one message, but at least one assignment",
                    .beyond = "the others follow in the next message"};
  Limit batch_attempts{.name = "batch_attempts",
                       .max = 1024,
                       .unit = LimitUnit::kCount,
                       .of = "assignments or cancellations in one message",
                       .beyond = "the others follow in the next message"};
  // Duration between SIGTERM and SIGKILL for a task that is a process.
  absl::Duration cancel_grace = absl::Seconds(10);
  Limit worker_slots = model::kWorkerSlots;
  Limit labels{.name = "labels",
               .max = 64,
               .unit = LimitUnit::kCount,
               .of = "labels of a worker",
               .beyond = "the worker is refused"};
  Limit catalog_tasks{.name = "catalog_tasks",
                      .max = 10'000,
                      .unit = LimitUnit::kCount,
                      .of = "tasks of a worker",
                      .beyond = "the worker is refused"};
  Limit output_tail_bytes = kOutputTailBytes;
  // Log lines of one session: rate, burst, and size of one entry.
  std::size_t log_bytes_per_second = 1024 * 1024;
  std::size_t log_burst_bytes = 4 * 1024 * 1024;

  // --- Clients ---
  // Least interval between two messages of a watch; the last message is sent at once.
  absl::Duration watch_interval = absl::Milliseconds(50);
  Limit workflow_name_bytes{.name = "workflow_name_bytes",
                            .max = 1024,
                            .unit = LimitUnit::kBytes,
                            .of = "the name of a workflow",
                            .beyond = "the submission is refused"};
  Limit reason_bytes{.name = "reason_bytes",
                     .max = 4096,
                     .unit = LimitUnit::kBytes,
                     .of = "the reason of a cancellation or of a drain",
                     .beyond = "the request is refused; a reason for the log is cut"};
  std::uint32_t page_size_default = 100;
  Limit page_size{.name = "page_size",
                  .max = 1000,
                  .unit = LimitUnit::kCount,
                  .of = "workflows or iterations of a loop in one page",
                  .beyond = "the others follow in the next page"};
  Limit page_bytes = kPageBytes;

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
// Errors: kInvalidArgument if it is larger than graph::kInlineValueBytes.
absl::Status CheckInlineBytes(const graph::Value& value, absl::FunctionRef<std::string()> what);

}  // namespace orrery::rpc
