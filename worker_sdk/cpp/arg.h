// How the parameters and results of a task are named, defaulted and serialized.
//
//   worker.Task("linspace", Linspace, {Arg("start"), Arg("stop"), Arg("num", 50)});
//   worker.Task("load", Load, {Arg("path")}, {.results = {Result("value").Using(RawCodec())}});
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/native/codec_set.h"
#include "graph/native/convert.h"

namespace orrery {

// A name, and the codecs that hold for it instead of the worker's. Threading: thread-compatible.
class NamedPort {
 public:
  explicit NamedPort(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  // `codecs` with its own in their place.
  graph::CodecSet Apply(graph::CodecSet codecs) const {
    for (const auto& change : codec_changes_) change(codecs);
    return codecs;
  }

 protected:
  template <class T>
  void AddCodec(graph::ValueCodec<T> codec) {
    codec_changes_.push_back(
        [codec = std::move(codec)](graph::CodecSet& codecs) { codecs.Set<T>(codec); });
  }

 private:
  std::string name_;
  std::vector<std::function<void(graph::CodecSet&)>> codec_changes_;
};

// A parameter.
class Arg : public NamedPort {
 public:
  explicit Arg(std::string name) : NamedPort(std::move(name)) {}

  // What the task gets when the port is not wired. It must be what the parameter can hold.
  template <class T>
  Arg(std::string name, T default_value) : NamedPort(std::move(name)) {
    using Stored = std::conditional_t<std::is_convertible_v<T, std::string_view>, std::string, T>;
    default_ = [value = Stored(std::move(default_value))](const graph::CodecSet& codecs) {
      return graph::ToDatum(value, codecs);
    };
  }

  // The serializer of T in this parameter.
  template <class T>
  Arg Using(graph::ValueCodec<T> codec) && {
    AddCodec(std::move(codec));
    return std::move(*this);
  }

  bool has_default() const { return default_ != nullptr; }
  // Requires has_default().
  absl::StatusOr<graph::Datum> DefaultDatum(const graph::CodecSet& codecs) const {
    return default_(codecs);
  }

 private:
  std::function<absl::StatusOr<graph::Datum>(const graph::CodecSet&)> default_;
};

// An output port: "value", or a field of a port mapping.
class Result : public NamedPort {
 public:
  explicit Result(std::string name) : NamedPort(std::move(name)) {}

  // The serializer of T in this port.
  template <class T>
  Result Using(graph::ValueCodec<T> codec) && {
    AddCodec(std::move(codec));
    return std::move(*this);
  }
};

struct TaskOptions {
  // The result depends on nothing but the inputs and `version`: the same call is not run again, in
  // whatever workflow it comes. It must have a version, which is to be changed with the function.
  bool is_cacheable = false;
  // Its effect must not happen twice: no attempt starts before its start is durable, and none is
  // repeated by itself. If the worker is lost while the task runs, or the task fails, its node has
  // failed, and only a resume or restart runs it again.
  bool is_effect_once = false;
  std::string version = {};
  // One line for people.
  std::string description = {};
  // For ports that are serialized in their own way.
  std::vector<Result> results = {};
};

}  // namespace orrery
