// Decodes the value of one parameter of a task.
//
// Threading: thread-safe after Prepare.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/native/encode.h"
#include "graph/native/formats.h"
#include "graph/task.h"
#include "worker_sdk/cpp/arg.h"
#include "worker_sdk/cpp/missing_codec.h"
#include "worker_sdk/cpp/registered_task.h"

namespace orrery::internal {

template <class T>
class InputBinding {
 public:
  const std::string& name() const { return name_; }

  graph::PortSpec Prepare(const Arg& arg, const graph::CodecSet& codecs,
                          std::vector<std::string>& problems) {
    name_ = arg.name();
    codecs_ = arg.Apply(codecs);
    graph::PortSpec spec{.name = name_,
                         .type = graph::TypeOf<T>(),
                         .is_required = !arg.has_default() && !kIsOptional,
                         .formats = graph::FormatsOf<T>(codecs_)};
    if (const std::string missing = FindMissingCodec<T>(codecs_); !missing.empty()) {
      problems.push_back(fmt::format(
          "input {} has the type {} without a codec: add UseCodec or Using", name_, missing));
    } else if (arg.has_default()) {
      if (const absl::Status status = PrepareDefault(arg, spec); !status.ok()) {
        problems.push_back(fmt::format("the default of input {} does not have the type {}: {}",
                                       name_, spec.type.ToString(), std::string(status.message())));
      }
    }
    return spec;
  }

  // Returns the value of the input, else the default, else none for an optional.
  absl::StatusOr<T> Read(const TaskCall& call) const {
    const graph::Value* value = call.FindInput(name_);
    if (value != nullptr) return graph::DecodeNative<T>(*value, codecs_);
    if (default_.has_value()) return *default_;
    if constexpr (kIsOptional) return T(std::nullopt);
    return absl::InvalidArgumentError("no edge and no default");
  }

 private:
  static constexpr bool kIsOptional = graph::kNativeKind<T> == graph::NativeKind::kOptional;

  absl::Status PrepareDefault(const Arg& arg, graph::PortSpec& spec) {
    ASSIGN_OR_RETURN(const graph::Datum datum, arg.DefaultDatum(codecs_));
    ASSIGN_OR_RETURN(T value, graph::FromDatum<T>(datum, codecs_));
    ASSIGN_OR_RETURN(spec.default_value, graph::EncodeNative(value, codecs_));
    default_.emplace(std::move(value));
    return absl::OkStatus();
  }

  std::string name_;
  graph::CodecSet codecs_;
  std::optional<T> default_;
};

}  // namespace orrery::internal
