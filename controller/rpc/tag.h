// A completion queue tag: receives the end of an operation.
//
// Threading: OnEvent is called on the loop thread.
#pragma once

namespace orrery::rpc {

class Tag {
 public:
  Tag() = default;
  Tag(const Tag&) = delete;
  Tag& operator=(const Tag&) = delete;

  // `is_ok` is gRPC's result of the operation.
  virtual void OnEvent(bool is_ok) = 0;

 protected:
  ~Tag() = default;
};

// A tag for one kind of operation of an owner with several.
template <class Owner, void (Owner::*handle)(bool is_ok)>
class MemberTag final : public Tag {
 public:
  // Requires: `owner` outlives the tag; usually the tag is its member.
  explicit MemberTag(Owner& owner) : owner_(owner) {}

  void OnEvent(bool is_ok) override { (owner_.*handle)(is_ok); }

 private:
  Owner& owner_;
};

}  // namespace orrery::rpc
