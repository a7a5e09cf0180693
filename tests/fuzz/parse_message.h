// Parses a proto message without protobuf's log line for each text that is not valid UTF-8, which
// would slow the fuzzer down.
#pragma once

#include <string_view>

#include "google/protobuf/stubs/logging.h"

namespace orrery::fuzz {

// False if the bytes are no such message.
template <class Message>
bool ParseMessage(std::string_view bytes, Message& message) {
  [[maybe_unused]] static auto* const kSilenced = google::protobuf::SetLogHandler(nullptr);
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace orrery::fuzz
