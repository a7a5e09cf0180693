#include "controller/journal/compaction/record_workflow.h"

#include <variant>

namespace orrery::journal {
namespace {

template <class Body>
concept AboutWorkflow = requires(const Body& body) {
  body.number;
};
template <class Body>
concept AboutNode = requires(const Body& body) {
  body.node;
};

}  // namespace

std::optional<engine::WorkflowNumber> WorkflowOf(const engine::Record& record) {
  return std::visit(
      []<class Body>(const Body& body) -> std::optional<engine::WorkflowNumber> {
        if constexpr (AboutWorkflow<Body>) return body.number;
        if constexpr (AboutNode<Body>) return body.node.workflow;
        return std::nullopt;
      },
      record.body);
}

}  // namespace orrery::journal
