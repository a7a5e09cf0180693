// Serializers of C++ types, by type.
//
// Threading: thread-compatible; codecs are immutable and shared by copies of a set.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/datum.h"

namespace orrery::graph {

enum class CodecMethod {
  kBytes,  // Bytes of its own format; inside JSON they become __tkr_bytes__.
  kJson,   // A part of the surrounding JSON.
};

// The serializer and deserializer of T, which must be inverses. An exception is an error with its
// message.
template <class T>
struct ValueCodec {
  using Method = CodecMethod;

  // The media type of a value at top level.
  std::string media_type;
  Method method = Method::kBytes;
  // For kBytes, and for the media types in `also_reads` that are not JSON.
  std::function<absl::StatusOr<std::string>(const T&)> to_bytes;
  std::function<absl::StatusOr<T>(std::string_view)> from_bytes;
  // For kJson, and for reading JSON if `also_reads` includes it.
  std::function<absl::StatusOr<Datum>(const T&)> to_json;
  std::function<absl::StatusOr<T>(const Datum&)> from_json;
  // Further media types that it can read.
  std::vector<std::string> also_reads;
};

class CodecSet {
 public:
  // Replaces an earlier codec of the same type.
  template <class T>
  void Set(ValueCodec<T> codec) {
    codecs_[typeid(T)] = std::make_shared<const ValueCodec<T>>(std::move(codec));
  }

  // Returns null if there is no codec for T.
  template <class T>
  const ValueCodec<T>* Find() const {
    const auto it = codecs_.find(typeid(T));
    return it == codecs_.end() ? nullptr : static_cast<const ValueCodec<T>*>(it->second.get());
  }

 private:
  // Each element is a ValueCodec of its key's type. Shared because copies of a set differ little.
  std::map<std::type_index, std::shared_ptr<const void>> codecs_;
};

// For values that need no codec.
inline const CodecSet& NoCodecs() {
  static const CodecSet kNone;
  return kNone;
}

// Returns the error of a codec function that is missing or has failed. `role` is "serializer" or
// "deserializer".
inline absl::Status CodecFailed(std::string_view role, std::string_view type_name,
                                std::string_view why) {
  return absl::InvalidArgumentError(
      std::string("the ").append(role).append(" of ").append(type_name).append(" ").append(why));
}

// Calls a function of a codec; the boundary at which user code becomes a Status.
template <class Function, class Argument>
auto CallCodec(std::string_view role, std::string_view type_name, const Function& function,
               const Argument& argument) -> decltype(function(argument)) {
  if (!function) return CodecFailed(role, type_name, "is missing");
  try {
    auto result = function(argument);
    if (result.ok()) return result;
    return CodecFailed(role, type_name,
                       std::string("failed: ").append(std::string(result.status().message())));
  } catch (const std::exception& error) {
    return CodecFailed(role, type_name, std::string("failed: ").append(error.what()));
  } catch (...) {
    return CodecFailed(role, type_name, "failed: it threw something that is no std::exception");
  }
}

}  // namespace orrery::graph
