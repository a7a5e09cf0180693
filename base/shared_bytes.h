// Bytes that many hold and nobody changes: a view, and what keeps alive what it shows.
//
// Copies share the bytes. They may be a string, a file that is mapped (base/file.h), or a part of
// anything else that has an owner.
//
// Threading: a value type, over bytes that are never written again.
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
  // Takes the string over.
  explicit SharedBytes(std::string bytes) {
    const auto owner = std::make_shared<const std::string>(std::move(bytes));
    view_ = *owner;
    owner_ = owner;
  }
  // `owner` keeps the bytes of `view` alive. Nobody changes them from now on.
  SharedBytes(std::string_view view, std::shared_ptr<const void> owner)
      : view_(view), owner_(std::move(owner)) {}
  SharedBytes(const SharedBytes&) = default;
  SharedBytes& operator=(const SharedBytes&) = default;
  // What was moved from is empty: it keeps nothing alive any more.
  SharedBytes(SharedBytes&& other) noexcept
      : view_(std::exchange(other.view_, {})), owner_(std::move(other.owner_)) {}
  SharedBytes& operator=(SharedBytes&& other) noexcept {
    view_ = std::exchange(other.view_, {});
    owner_ = std::move(other.owner_);
    return *this;
  }
  ~SharedBytes() = default;

  // Valid while this or a copy of it lives.
  std::string_view view() const { return view_; }
  const char* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }

  // Whether the bytes are equal, wherever they are.
  friend bool operator==(const SharedBytes& left, const SharedBytes& right) {
    return left.view_ == right.view_;
  }

 private:
  std::string_view view_;
  // Shared because it is immutable, and so that a view can outlive whoever made it.
  std::shared_ptr<const void> owner_;
};

}  // namespace orrery
