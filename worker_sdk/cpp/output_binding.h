// Encodes the result of a task as its output ports.
//
// Threading: thread-safe after Prepare.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "boost/mp11/algorithm.hpp"
#include "fmt/format.h"
#include "graph/native/encode.h"
#include "graph/native/formats.h"
#include "graph/task.h"
#include "model/outcome.h"
#include "worker_sdk/cpp/arg.h"
#include "worker_sdk/cpp/function_traits.h"
#include "worker_sdk/cpp/missing_codec.h"
#include "worker_sdk/cpp/registered_task.h"

namespace orrery::internal {

// The port of a result without a port mapping.
inline constexpr std::string_view kValuePort = "value";

// One output port.
class PortWriter {
 public:
  PortWriter(std::string name, graph::CodecSet codecs)
      : name_(std::move(name)), codecs_(std::move(codecs)) {}

  template <class T>
  graph::PortSpec Spec(std::vector<std::string>& problems) const {
    if (const std::string missing = FindMissingCodec<T>(codecs_); !missing.empty()) {
      problems.push_back(fmt::format(
          "output {} has the type {} without a codec: add UseCodec or Using", name_, missing));
    }
    return {.name = name_,
            .type = graph::TypeOf<T>(),
            .formats = graph::FormatsOf<T>(codecs_, graph::FormatUse::kWrite)};
  }

  // Encodes the port and appends it, if it is wanted.
  template <class T>
  std::optional<model::TaskError> Write(const TaskCall& call, T&& value,
                                        model::Outputs& outputs) const {
    if (!call.IsWanted(name_)) return std::nullopt;
    absl::StatusOr<graph::Value> encoded = graph::EncodeNative(std::forward<T>(value), codecs_);
    if (!encoded.ok()) return OutputError(name_, encoded.status());
    outputs.push_back({name_, std::make_shared<const graph::Value>(*std::move(encoded))});
    return std::nullopt;
  }

 private:
  std::string name_;
  graph::CodecSet codecs_;
};

inline graph::CodecSet CodecsFor(std::string_view port, const std::vector<Result>& results,
                                 graph::CodecSet codecs) {
  for (const Result& result : results) {
    if (result.name() == port) codecs = result.Apply(std::move(codecs));
  }
  return codecs;
}

// A result with the one port "value".
template <class T>
class SinglePort {
 public:
  void Prepare(const std::vector<Result>& results, const graph::CodecSet& codecs,
               std::vector<graph::PortSpec>& specs, std::vector<std::string>& problems) {
    writer_.emplace(std::string(kValuePort), CodecsFor(kValuePort, results, codecs));
    specs.push_back(writer_->Spec<T>(problems));
  }

  model::TaskResult Write(const TaskCall& call, T&& value) const {
    model::Outputs outputs;
    if (std::optional<model::TaskError> error =
            writer_->Write(call, std::forward<T>(value), outputs)) {
      return *std::move(error);
    }
    return outputs;
  }

 private:
  std::optional<PortWriter> writer_;
};

// A described struct whose fields are ports.
template <class T>
class FieldPorts {
 public:
  void Prepare(const std::vector<Result>& results, const graph::CodecSet& codecs,
               std::vector<graph::PortSpec>& specs, std::vector<std::string>& problems) {
    boost::mp11::mp_for_each<Fields>([&](auto field) {
      using Member = std::remove_reference_t<decltype(std::declval<T&>().*field.pointer)>;
      writers_.emplace_back(field.name, CodecsFor(field.name, results, codecs));
      specs.push_back(writers_.back().template Spec<Member>(problems));
    });
  }

  model::TaskResult Write(const TaskCall& call, T&& value) const {
    model::Outputs outputs;
    std::optional<model::TaskError> error;
    std::size_t index = 0;
    boost::mp11::mp_for_each<Fields>([&](auto field) {
      const PortWriter& writer = writers_[index++];
      if (error.has_value()) return;
      // Moves another field each time.
      error = writer.Write(call, std::forward<T>(value).*field.pointer, outputs);
    });
    if (error.has_value()) return *std::move(error);
    return outputs;
  }

 private:
  static_assert(graph::kNativeKind<T> == graph::NativeKind::kStruct,
                "a port mapping is a struct described with BOOST_DESCRIBE_STRUCT");
  using Fields = graph::DescribedFields<T>;

  std::vector<PortWriter> writers_;  // In the order of Fields.
};

template <class T>
class OutputBinding {
 public:
  void Prepare(const std::vector<Result>& results, const graph::CodecSet& codecs,
               std::vector<graph::PortSpec>& specs, std::vector<std::string>& problems) {
    ports_.Prepare(results, codecs, specs, problems);
  }

  model::TaskResult Write(const TaskCall& call, T&& value) const {
    return ports_.Write(call, PortTraits<T>::Unwrap(std::forward<T>(value)));
  }

 private:
  using Value = typename PortTraits<T>::Value;

  std::conditional_t<PortTraits<T>::kIsMapping, FieldPorts<Value>, SinglePort<Value>> ports_;
};

// A function without a result: the port has the value none, so that other nodes can wait for it.
template <>
class OutputBinding<void> {
 public:
  void Prepare(const std::vector<Result>& results, const graph::CodecSet& codecs,
               std::vector<graph::PortSpec>& specs, std::vector<std::string>& problems) {
    port_.Prepare(results, codecs, specs, problems);
  }

  model::TaskResult Write(const TaskCall& call) const { return port_.Write(call, graph::None{}); }

 private:
  SinglePort<graph::None> port_;
};

}  // namespace orrery::internal
