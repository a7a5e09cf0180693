// Arrays as they come in: npy files, raw arrays and nested lists, each tried on the same bytes.
#include <string>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "graph/json.h"
#include "tests/fuzz/fuzz_target.h"
#include "worker_sdk/cpp/array/array_lists.h"
#include "worker_sdk/cpp/array/ndarray.h"
#include "worker_sdk/cpp/array/npy.h"
#include "worker_sdk/cpp/array/raw_array.h"

namespace orrery::fuzz {
namespace {

// Every format can say the array, and says the same; lists may be refused for their size, and have
// no words for the width of an element.
void CheckArray(const NDArray& array) {
  const absl::StatusOr<NDArray> npy = ReadNpy(WriteNpy(array));
  CHECK(npy.ok());
  CHECK(*npy == array);
  const absl::StatusOr<NDArray> raw = ReadRawArray(WriteRawArray(array));
  CHECK(raw.ok());
  CHECK(*raw == array);

  CHECK(array.Reshape({array.element_count()}).ok());
  const absl::StatusOr<graph::Datum> lists = ToNestedLists(array);
  if (!lists.ok() || array.element_count() == 0) return;
  // An element beyond int64 has no array element that lists would give it.
  const absl::StatusOr<NDArray> again = FromNestedLists(*lists);
  if (again.ok()) CHECK(again->shape() == array.shape());
  if (!again.ok()) CHECK(array.element_type() == ElementType::kUInt64);
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  if (const absl::StatusOr<NDArray> array = ReadNpy(bytes); array.ok()) CheckArray(*array);
  if (const absl::StatusOr<NDArray> array = ReadRawArray(bytes); array.ok()) CheckArray(*array);
  const absl::StatusOr<graph::Datum> lists = graph::ParseJson(bytes);
  if (!lists.ok()) return;
  if (const absl::StatusOr<NDArray> array = FromNestedLists(*lists); array.ok()) CheckArray(*array);
}

}  // namespace orrery::fuzz
