// Immutable, shared bytes: a view, and an owner that keeps the bytes alive.
//
// Copies share the bytes, which may be a string, a mapped file (base/file.h), or a part of any
// object with an owner.
//
// Threading: a value type; the bytes never change.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace orrery {

class SharedBytes {
 public:
  SharedBytes() = default;
  // Takes ownership of the string.
  explicit SharedBytes(std::string bytes) {
    const auto owner = std::make_shared<const std::string>(std::move(bytes));
    view_ = *owner;
    owner_ = owner;
  }
  // `owner` keeps the bytes of `view` alive. They must not change.
  SharedBytes(std::string_view view, std::shared_ptr<const void> owner)
      : view_(view), owner_(std::move(owner)) {}
  SharedBytes(const SharedBytes&) = default;
  SharedBytes& operator=(const SharedBytes&) = default;
  // A moved-from object is empty and owns nothing.
  SharedBytes(SharedBytes&& other) noexcept
      : view_(std::exchange(other.view_, {})), owner_(std::move(other.owner_)) {}
  SharedBytes& operator=(SharedBytes&& other) noexcept {
    view_ = std::exchange(other.view_, {});
    owner_ = std::move(other.owner_);
    return *this;
  }
  ~SharedBytes() = default;

  // Valid while this object or a copy of it lives.
  std::string_view view() const { return view_; }
  const char* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }

  // Compares the bytes, not their addresses.
  friend bool operator==(const SharedBytes& left, const SharedBytes& right) {
    return left.view_ == right.view_;
  }

 private:
  std::string_view view_;
  // Shared because the bytes are immutable and a view may outlive its creator.
  std::shared_ptr<const void> owner_;
};

}  // namespace orrery
