// Every limit and term of the gRPC edge, with its unit. Beyond a limit a call is refused with a
// message that names it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/tail_buffer.h"
#include "graph/value.h"

namespace orrery::rpc {

struct Limits {
  // One message, either way.
  std::size_t message_bytes_max = 64 * 1024 * 1024;
  // Calls that one connection has open at the same time.
  int calls_per_connection_max = 1024;
  // A connection that says nothing for so long is asked whether it is alive.
  absl::Duration keepalive_interval = absl::Seconds(20);
  absl::Duration keepalive_timeout = absl::Seconds(10);

  // Events that one turn of the loop handles before it flushes.
  int events_per_turn_max = 256;
  // How long what nobody waits for, progress and acknowledgements, may be put off.
  absl::Duration unhurried_interval = absl::Milliseconds(2);
  // How long a graceful stop may take, from the signal to the end of Run.
  absl::Duration stop_timeout = absl::Seconds(10);

  // --- Workers' sessions ---
  absl::Duration heartbeat_interval = absl::Seconds(5);
  // A session that is silent for so many intervals is closed.
  int silent_intervals_max = 3;
  std::size_t sessions_max = 10'000;
  // What a message to a worker grows to before the next one is begun; a single assignment may be
  // larger.
  std::size_t batch_bytes_max = 1024 * 1024;
  std::size_t batch_attempts_max = 1024;
  // What a process task gets between SIGTERM and SIGKILL.
  absl::Duration cancel_grace = absl::Seconds(10);
  std::uint32_t slots_max = 4096;
  std::size_t labels_max = 64;
  std::size_t catalog_tasks_max = 10'000;
  // Of a host, a label, an SDK version.
  std::size_t label_bytes_max = 1024;
  std::size_t error_message_bytes_max = 64 * 1024;
  std::size_t error_details_bytes_max = 16 * 1024;
  std::size_t output_tail_bytes_max = kOutputTailBytesMax;
  // Log lines of one session: a rate, what may come at once, and one entry.
  std::size_t log_bytes_per_second = 1024 * 1024;
  std::size_t log_burst_bytes = 4 * 1024 * 1024;
  std::size_t log_entry_bytes_max = 16 * 1024;

  // Of what a task reports with its progress.
  std::size_t progress_note_bytes_max = 1024;

  // --- Clients ---
  // How often a watcher is told of progress, at most; of the end it is told at once.
  absl::Duration watch_interval = absl::Milliseconds(50);
  std::size_t workflow_name_bytes_max = 1024;
  std::size_t reason_bytes_max = 4096;
  std::uint32_t page_size_default = 100;
  std::uint32_t page_size_max = 1000;
  std::size_t plan_locations_max = 10'000;
  // What a page of a trace grows to before it ends; a single iteration may be larger.
  std::size_t trace_bytes_max = 8 * 1024 * 1024;

  // --- Blobs ---
  int stat_digests_max = 1000;
  std::size_t blob_chunk_bytes_max = 1024 * 1024;
  // Threads that serve blobs, health and reflection.
  int blob_threads_max = 16;
};

inline constexpr Limits kLimits;

// kInvalidArgument: `value`, called `what`, is inline and larger than graph::kInlineValueBytesMax.
absl::Status CheckInlineBytes(const graph::Value& value, std::string_view what);

}  // namespace orrery::rpc
