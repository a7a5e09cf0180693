#include "controller/rpc/catalog_cache.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "graph/codec/catalog_codec.h"
#include "orrery/graph/v1/catalog.pb.h"

namespace orrery::rpc {

absl::StatusOr<std::shared_ptr<const graph::Catalog>> CatalogCache::Read(
    const graph::v1::Catalog& message) {
  const Digest digest = Sha256(message.SerializeAsString());
  if (const auto known = catalogs_.find(digest); known != catalogs_.end()) {
    if (std::shared_ptr<const graph::Catalog> catalog = known->second.lock()) return catalog;
  }
  ASSIGN_OR_RETURN(graph::Catalog decoded, graph::FromProto(message));
  auto catalog = std::make_shared<const graph::Catalog>(std::move(decoded));
  catalogs_[digest] = catalog;
  if (catalogs_.size() >= sweep_at_) {
    absl::erase_if(catalogs_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = std::max<std::size_t>(16, 2 * catalogs_.size());
  }
  return catalog;
}

}  // namespace orrery::rpc
