// The small texts that people and programs write: locations, ids, names, addresses, input
// arguments. Each parser is tried on the same text; what it reads is written as itself.
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "client/cli/input_argument.h"
#include "client/cpp/address.h"
#include "controller/journal/journal.h"
#include "controller/runtime/views.h"
#include "graph/limits.h"
#include "graph/location.h"
#include "graph/name.h"
#include "graph/task.h"
#include "rpc/address.h"
#include "tests/fuzz/fuzz_target.h"
#include "worker_sdk/cpp/cpp_names.h"

namespace orrery::fuzz {
namespace {

void CheckIds(std::string_view text) {
  if (const absl::StatusOr<Uuid> uuid = Uuid::Parse(text); uuid.ok()) {
    const absl::StatusOr<Uuid> again = Uuid::Parse(uuid->ToString());
    CHECK(again.ok());
    CHECK(*again == *uuid);
  }
  if (const absl::StatusOr<Digest> digest = Digest::Parse(text); digest.ok()) {
    const absl::StatusOr<Digest> again = Digest::Parse(digest->ToHex());
    CHECK(again.ok());
    CHECK(*again == *digest);
  }
  if (const auto location = graph::Location::Parse(text); location.ok()) {
    CHECK(location->ToString() == text);
    CHECK(location->steps.size() <= graph::kLimits.location_depth.max);
  }
  (void)runtime::Views().List(10, text);
  (void)journal::ParseDurability(text);
}

void CheckNames(const std::string& text) {
  const bool is_name = graph::NameProblem(text).empty();
  if (is_name) CHECK(IsValidUtf8(text) && text.size() <= graph::kLimits.name_bytes.max);
  const std::vector<std::string> candidates = {"value", "worker.task", text, ""};
  (void)graph::ClosestName(text, candidates);
  (void)graph::SplitFunctionName(text);

  if (IsIdentifier(text)) CHECK(IsIdentifier(MemberName(text)));
  (void)CamelCase(text);
  for (const std::string_view ellipsis : {"", "..."}) {
    const std::string shortened = ToUtf8(text, 64, ellipsis);
    CHECK(IsValidUtf8(shortened) && shortened.size() <= 64);
  }
}

void CheckAddresses(const std::string& text) {
  if (const auto address = rpc::Address::Parse(text); address.ok()) {
    const auto again = rpc::Address::Parse(address->ToString());
    CHECK(again.ok());
    CHECK(*again == *address);
  }
  (void)client::ResolveAddress({.server = text.empty() ? "unix:/s" : text});
}

void CheckInputArguments(const std::string& text) {
  const cli::InputArgument argument = cli::ParseInputArgument(text);
  CHECK(text.ends_with(argument.text));
  std::istringstream in;
  std::ostringstream out;
  cli::Console console{.in = in, .out = out, .err = out};
  if (argument.form == cli::InputForm::kJson) (void)cli::ReadInputs(console, {text, text});
  for (const char* path : {"value.json", "value.npy", "value"}) (void)cli::ValueOfFile(path, text);
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  const std::string text(bytes);
  CheckIds(text);
  CheckNames(text);
  CheckAddresses(text);
  CheckInputArguments(text);
}

}  // namespace orrery::fuzz
