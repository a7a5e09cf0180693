// Names, defaults and serializers of the parameters and results of a task.
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

// A name, and codecs that override those of the worker. Threading: thread-compatible.
class NamedPort {
 public:
  explicit NamedPort(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  // Returns `codecs`, overridden by its own.
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

  // Sets the value that the task gets if the port has no edge. Requires: the parameter can hold it.
  template <class T>
  Arg(std::string name, T default_value) : NamedPort(std::move(name)) {
    using Stored = std::conditional_t<std::is_convertible_v<T, std::string_view>, std::string, T>;
    default_ = [value = Stored(std::move(default_value))](const graph::CodecSet& codecs) {
      return graph::ToDatum(value, codecs);
    };
  }

  // Sets the serializer of T for this parameter.
  template <class T>
  Arg Using(graph::ValueCodec<T> codec) && {
    AddCodec(std::move(codec));
    return std::move(*this);
  }

  bool has_default() const { return default_ != nullptr; }
  // Requires: has_default().
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

  // Sets the serializer of T for this port.
  template <class T>
  Result Using(graph::ValueCodec<T> codec) && {
    AddCodec(std::move(codec));
    return std::move(*this);
  }
};

struct TaskOptions {
  // The outcome depends on the inputs and `version` only: an equal call in any workflow reuses the
  // cached outcome. Requires: a version, changed whenever the function changes.
  bool is_cacheable = false;
  // The task takes effect at most once: no attempt starts before the record of its start is
  // durable, and no attempt is retried. If the task fails or its worker is lost, its node has
  // failed, and only a resume or restart runs it again.
  bool is_effect_once = false;
  std::string version = {};
  // One line of text for people.
  std::string description = {};
  // Ports with serializers of their own.
  std::vector<Result> results = {};
};

}  // namespace orrery
