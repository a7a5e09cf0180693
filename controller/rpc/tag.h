// What the completion queue hands back: who is to be told that an operation has ended.
//
// Threading: OnEvent is called on the loop thread.
#pragma once

namespace orrery::rpc {

class Tag {
 public:
  Tag() = default;
  Tag(const Tag&) = delete;
  Tag& operator=(const Tag&) = delete;

  // `is_ok` as gRPC says it of the operation.
  virtual void OnEvent(bool is_ok) = 0;

 protected:
  ~Tag() = default;
};

// One kind of operation of an owner that has several.
template <class Owner, void (Owner::*handle)(bool is_ok)>
class MemberTag final : public Tag {
 public:
  // `owner` outlives the tag; usually the tag is its member.
  explicit MemberTag(Owner& owner) : owner_(owner) {}

  void OnEvent(bool is_ok) override { (owner_.*handle)(is_ok); }

 private:
  Owner& owner_;
};

}  // namespace orrery::rpc
