// The open calls of clients, which a stopping controller ends.
//
// Threading: confined to the loop thread.
#pragma once

#include <set>

#include "absl/status/status.h"

namespace orrery::rpc {

class Call {
 public:
  Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Ends the call with `status` unless it has ended.
  virtual void Stop(const absl::Status& status) = 0;

 protected:
  ~Call() = default;
};

class Calls {
 public:
  // Adds a call. Requires: `call` removes itself before it is destroyed.
  void Add(Call& call) { calls_.insert(&call); }
  void Remove(Call& call) { calls_.erase(&call); }

  void StopAll(const absl::Status& status) {
    const std::set<Call*> calls = calls_;
    for (Call* call : calls) {
      if (calls_.contains(call)) call->Stop(status);
    }
  }

  bool is_empty() const { return calls_.empty(); }

 private:
  std::set<Call*> calls_;
};

}  // namespace orrery::rpc
