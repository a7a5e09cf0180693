// The catalogs that connected workers have announced, each decoded once.
//
// The workers of a pool have equal catalogs. All of them share one decoded catalog, so that a Hello
// costs no more than its bytes, and equal catalogs are compared by their address.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/digest.h"
#include "graph/task.h"

namespace orrery::graph::v1 {
class Catalog;
}  // namespace orrery::graph::v1

namespace orrery::rpc {

class CatalogCache {
 public:
  CatalogCache() = default;
  CatalogCache(const CatalogCache&) = delete;
  CatalogCache& operator=(const CatalogCache&) = delete;

  // Returns the decoded catalog: the same one for equal messages, as long as somebody has it.
  //
  // Errors: those of graph::FromProto.
  absl::StatusOr<std::shared_ptr<const graph::Catalog>> Read(const graph::v1::Catalog& message);

  std::size_t size() const { return catalogs_.size(); }

 private:
  // By the digest of the message's bytes. Lookup only.
  absl::flat_hash_map<Digest, std::weak_ptr<const graph::Catalog>> catalogs_;
  // The number of entries at which those that nobody has any more are removed.
  std::size_t sweep_at_ = 16;
};

}  // namespace orrery::rpc
