#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "graph/builtins/call.h"
#include "graph/builtins/python/error.h"
#include "graph/builtins/spec.h"
#include "graph/builtins/topics.h"
#include "graph/limits.h"
#include <fmt/format.h>

namespace orrery::graph::internal {
namespace {

// Returns the offset of the first byte that is not UTF-8.
std::optional<std::size_t> FirstInvalidByte(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = DecodeUtf8(rest, Surrogates::kRefused).length;
    if (length == 0) return text.size() - rest.size();
    rest.remove_prefix(length);
  }
  return std::nullopt;
}

BuiltinResult Concat(Arguments arguments) {
  const Call call("concat", arguments);
  ASSIGN_OR_RETURN(const std::string* lhs, call.TextAt({0, "lhs"}));
  ASSIGN_OR_RETURN(const std::string* rhs, call.TextAt({1, "rhs"}));
  RETURN_IF_ERROR(CheckLimit(kLimits.json_bytes, "concat: the str", lhs->size() + rhs->size(),
                             kLeaveItToATask, absl::StatusCode::kResourceExhausted));
  return One(*lhs + *rhs);
}

BuiltinResult Encode(Arguments arguments) {
  ASSIGN_OR_RETURN(const std::string* text, Call("tkr_encode", arguments).TextAt({0, "string"}));
  const std::optional<std::size_t> invalid = FirstInvalidByte(*text);
  if (!invalid.has_value()) return One(Bytes{*text});
  return PythonError("UnicodeEncodeError",
                     fmt::format("there is a lone surrogate after {} bytes of UTF-8", *invalid));
}

BuiltinResult Decode(Arguments arguments) {
  ASSIGN_OR_RETURN(const Bytes* bytes, Call("tkr_decode", arguments).BytesAt({0, "bytes"}));
  const std::optional<std::size_t> invalid = FirstInvalidByte(bytes->data);
  if (!invalid.has_value()) return One(bytes->data);
  return PythonError("UnicodeDecodeError",
                     fmt::format("byte 0x{:02x} in position {} is not UTF-8",
                                 static_cast<unsigned char>(bytes->data[*invalid]), *invalid));
}

}  // namespace

std::vector<Builtin> StringBuiltins() {
  return {
      Function("concat", {Input("lhs", StrType()), Input("rhs", StrType())}, Result(StrType()),
               Concat, "lhs followed by rhs"),
      Function("tkr_encode", {Input("string", StrType())}, Result(BytesType()), Encode,
               "The string in UTF-8"),
      Function("tkr_decode", {Input("bytes", BytesType())}, Result(StrType()), Decode,
               "The string that the bytes are in UTF-8"),
  };
}

}  // namespace orrery::graph::internal
