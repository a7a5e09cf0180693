// JSON and the value codec: what is read is written so that it reads back as itself.
#include "graph/json.h"

#include <cmath>
#include <string>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "graph/datum_type.h"
#include "graph/type.h"
#include "graph/value_codec.h"
#include "tests/fuzz/fuzz_target.h"

namespace orrery::fuzz {
namespace {

using graph::Datum;

// Written text is a fixpoint. Comparing data alone would stumble over NaN, which equals nothing.
void CheckWritten(const Datum& datum, graph::JsonStyle style) {
  const std::string text = graph::WriteJson(datum, style);
  const absl::StatusOr<Datum> again = graph::ParseJson(text);
  CHECK(again.ok());
  CHECK(graph::WriteJson(*again, style) == text);
  if (text.find("NaN") == std::string::npos) CHECK(*again == datum);
}

void CheckType(const Datum& datum) {
  const graph::Type type = graph::TypeOfDatum(datum);
  CHECK(!type.ToString().empty());
  CHECK(graph::IsAssignable(type, type));
  CHECK(graph::IsReadableAsJson(type, type));
}

void CheckValue(const Datum& datum) {
  const absl::StatusOr<Datum> decoded = graph::DecodeValue(graph::EncodeValue(datum));
  CHECK(decoded.ok());
  CHECK(graph::WriteJson(*decoded) == graph::WriteJson(datum));
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  // Without a media type everything can be read, if need be as the bytes it is.
  CHECK(graph::DecodeValue({.content = std::string(bytes)}).ok());

  const absl::StatusOr<Datum> datum = graph::ParseJson(bytes);
  if (!datum.ok()) {
    CHECK(!datum.status().message().empty());
    return;
  }
  CheckWritten(*datum, graph::JsonStyle::kPython);
  CheckWritten(*datum, graph::JsonStyle::kCompact);
  CheckType(*datum);
  CheckValue(*datum);
}

}  // namespace orrery::fuzz
