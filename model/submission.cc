#include "model/submission.h"

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "graph/json.h"

namespace orrery::model {

Digest SubmissionDigest(const Submission& submission, const Digest& graph) {
  std::string options = submission.name;
  for (const auto& [task, policy] : submission.failure_rules.policies) {
    options += fmt::format("\n{} {}", task, graph::WriteJson(graph::PolicyToObject(policy)));
  }
  if (submission.failure_rules.continues) options += "\ncontinues";
  if (submission.cache_mode != CacheMode::kUse) {
    options += fmt::format("\ncache {}", static_cast<int>(submission.cache_mode));
  }
  return Sha256(fmt::format("{}\n{}\n{}\n{}", graph.ToHex(),
                            graph::InputsDigest(submission.inputs).ToHex(),
                            fmt::join(submission.side_effects, " "), options));
}

}  // namespace orrery::model
