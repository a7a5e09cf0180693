#include "examples/array_pipeline/pipeline.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "client/cpp/builder.h"
#include "scipy_worker_stubs.h"

namespace array_pipeline {

absl::StatusOr<orrery::graph::Graph> BuildPipeline() {
  orrery::client::GraphBuilder g("array pipeline");
  const auto onedim = g.Add(scipy_worker::Linspace{.start = 0.0, .stop = 10.0});
  const auto pointed = g.Add(scipy_worker::AddPoint{.a = onedim, .p = 0});
  const auto p = g.Add(scipy_worker::EvalPoint{.pa = pointed});
  const auto twodim =
      g.Add(scipy_worker::Reshape{.a = onedim, .shape = std::vector<std::int64_t>{5, 10}});
  const auto a = g.Add(scipy_worker::Transpose{.a = twodim});
  g.Output("a", a);
  g.Output("p", p);
  return std::move(g).Build();
}

}  // namespace array_pipeline
