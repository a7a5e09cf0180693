// Graphs, catalogs and types as proto messages, each tried on the same bytes.
#include <string>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "graph/codec/catalog_codec.h"
#include "graph/codec/graph_codec.h"
#include "graph/codec/type_codec.h"
#include "graph/type.h"
#include "orrery/graph/v1/catalog.pb.h"
#include "orrery/graph/v1/graph.pb.h"
#include "orrery/graph/v1/type.pb.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/graph_checks.h"
#include "tests/fuzz/parse_message.h"

namespace orrery::fuzz {
namespace {

// Checks that a decoded message is the same after it is encoded and decoded again.
template <class Message>
auto ReadAlways(std::string_view bytes)
    -> decltype(graph::FromProto(std::declval<const Message&>())) {
  Message message;
  if (!ParseMessage(bytes, message)) return absl::InvalidArgumentError("no message");
  auto read = graph::FromProto(message);
  if (!read.ok()) {
    CHECK(!read.status().message().empty());
    return read;
  }
  Message written;
  if constexpr (requires { graph::ToProto(*read, written); }) {
    graph::ToProto(*read, written);
  } else {
    written = graph::ToProto(*read);
  }
  Message sent;
  CHECK(sent.ParseFromString(written.SerializeAsString()));
  const auto again = graph::FromProto(sent);
  CHECK(again.ok());
  CHECK(*again == *read);
  return read;
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  const absl::StatusOr<graph::Graph> graph = ReadAlways<graph::v1::Graph>(bytes);
  if (graph.ok()) {
    CheckGraphAlways(*graph);
    CheckGraphDataAlways(*graph);
  }
  (void)ReadAlways<graph::v1::Catalog>(bytes);
  const absl::StatusOr<graph::Type> type = ReadAlways<graph::v1::Type>(bytes);
  if (!type.ok()) return;
  CHECK(graph::IsAssignable(*type, *type));
  for (const graph::TaskSpec& task : AnyCatalog().tasks) {
    for (const graph::PortSpec& port : task.inputs) {
      (void)graph::IsAssignable(*type, port.type);
      (void)graph::IsReadableAsJson(port.type, *type);
    }
  }
}

}  // namespace orrery::fuzz
