// Encodes and decodes workers, attempts and outcomes, as workers and the controller exchange them.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limit.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"

namespace google::protobuf {
template <typename Element>
class RepeatedPtrField;
}  // namespace google::protobuf

namespace orrery {

namespace worker::v1 {
class AttemptId;
class HeldAttempt;
class Hello;
class Outcome;
class Progress;
}  // namespace worker::v1

namespace model {

inline constexpr std::uint32_t kProtocolVersion = 1;

// Texts of workers: the SDK cuts longer ones, and so does the controller, unless it refuses them.
inline constexpr Limit kLabelBytes{
    .name = "label_bytes",
    .max = 1024,
    .unit = LimitUnit::kBytes,
    .of = "a host, an SDK version, or the name or value of a label of a worker",
    .beyond = "the SDK cuts it; the controller refuses the worker"};
inline constexpr Limit kErrorTextBytes{.name = "error_text_bytes",
                                       .max = 16 * 1024,
                                       .unit = LimitUnit::kBytes,
                                       .of = "the message or the details of a task's error",
                                       .beyond = "it is cut"};
inline constexpr Limit kProgressNoteBytes{.name = "progress_note_bytes",
                                          .max = 1024,
                                          .unit = LimitUnit::kBytes,
                                          .of = "the note in a task's progress",
                                          .beyond = "it is cut"};
inline constexpr Limit kLogEntryBytes{.name = "log_entry_bytes",
                                      .max = 16 * 1024,
                                      .unit = LimitUnit::kBytes,
                                      .of = "one log entry of a task",
                                      .beyond = "it is cut"};

// All inline outputs of an attempt together, so that an outcome with any number of ports fits a
// message.
inline constexpr Limit kOutcomeBytes{
    .name = "outcome_bytes",
    .max = 1024 * 1024,
    .unit = LimitUnit::kBytes,
    .of = "inline outputs of one attempt",
    .beyond = "the SDK stores the others as blobs; from another worker the attempt fails"};

void ToProto(const AttemptId& attempt, worker::v1::AttemptId& out);
AttemptId FromProto(const worker::v1::AttemptId& message);
std::vector<AttemptId> FromProto(
    const google::protobuf::RepeatedPtrField<worker::v1::AttemptId>& messages);

// Sets the fields of a Hello that describe the worker; cuts texts to their largest size.
void ToProto(const WorkerDescription& worker, worker::v1::Hello& out);

// Errors: kInvalidArgument if a field is invalid.
absl::StatusOr<WorkerDescription> FromProto(const worker::v1::Hello& message,
                                            std::shared_ptr<const graph::Catalog> catalog);

void ToProto(const HeldAttempt& held, worker::v1::HeldAttempt& out);

// Errors: kInvalidArgument if a field is invalid.
absl::StatusOr<HeldAttempt> FromProto(const worker::v1::HeldAttempt& message);

// Encodes an outcome; cuts the message and the details of an error to kErrorTextBytes.
//
// Requires: outputs have values; an error is of a kind that workers report, not kWorkersLost or
// kInvalidValue.
void ToProto(const Outcome& outcome, worker::v1::Outcome& out);

// Decodes an outcome. Outputs that cannot be decoded become an error of the task, because the
// worker would send them again after an error of the session.
//
// Errors: kInvalidArgument if the outcome has neither outputs nor an error.
absl::StatusOr<Outcome> FromProto(const worker::v1::Outcome& message);

// Returns the error of an attempt whose outputs are invalid.
TaskError InvalidOutputs(const absl::Status& problem);

// Both directions limit the fraction to 0 to 1; a NaN becomes 0. ToProto cuts the note.
void ToProto(const AttemptProgress& progress, worker::v1::Progress& out);
AttemptProgress FromProto(const worker::v1::Progress& message);

}  // namespace model
}  // namespace orrery
