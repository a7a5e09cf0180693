#include "rpc/message_text.h"

#include <string>
#include <vector>

#include "base/shown_text.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace orrery::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status CheckText(const FieldDescriptor& field, const std::string& text) {
  if (IsValidUtf8(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} is \"{}\", which is not UTF-8: write the text in UTF-8", field.name(),
                  ShownText(text.substr(0, 100))));
}

absl::Status CheckField(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      RETURN_IF_ERROR(CheckUtf8(field.is_repeated()
                                    ? reflection.GetRepeatedMessage(message, &field, i)
                                    : reflection.GetMessage(message, &field)));
    } else if (field.type() == FieldDescriptor::TYPE_STRING) {
      RETURN_IF_ERROR(CheckText(field, field.is_repeated()
                                           ? reflection.GetRepeatedString(message, &field, i)
                                           : reflection.GetString(message, &field)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckUtf8(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) RETURN_IF_ERROR(CheckField(message, *field));
  return absl::OkStatus();
}

}  // namespace orrery::rpc
