// The blob service: transfers large values for processes that cannot read the storage root.
//
// Threading: a synchronous service; its methods run on gRPC's threads, never on the loop thread.
#pragma once

#include <memory>

#include "base/clock.h"
#include "controller/blobs/blob_store.h"
#include "controller/rpc/limits.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace orrery::rpc {

// Requires: `blobs` and `clock` outlive the service.
std::unique_ptr<grpc::Service> MakeBlobService(const blobs::BlobStore& blobs, Limits limits,
                                               const Clock& clock);

}  // namespace orrery::rpc
