// The typed ends of a graph's edges: a Port is where a value comes from, an In where one goes.
//
// Neither holds a value: a Port names a node's port, and only the builder that made it may use it.
//
// Threading: thread-compatible; value types.
#pragma once

#include <concepts>
#include <utility>

#include "client/cpp/assignable.h"
#include "client/cpp/binding.h"
#include "client/cpp/constant.h"
#include "client/cpp/each.h"
#include "client/cpp/graph_type.h"
#include "graph/graph.h"
#include "graph/native/type_of.h"

namespace orrery {

// How typed stubs name a type that a client has no C++ type for.
using graph::Opaque;

}  // namespace orrery

namespace orrery::client {

namespace internal {
struct NodeBinder;
}  // namespace internal

// An output port that carries values of T; converts to every port whose type takes T's values.
template <class T>
class Port {
 public:
  template <class From>
  requires(!std::same_as<From, T> && AssignableTo<From, T>)
      // NOLINTNEXTLINE(google-explicit-constructor): a value that fits is no conversion to notice.
      Port(const Port<From>& other)
      : bound_(other.bound()) {}

  const graph::PortRef& ref() const { return bound_.ref; }
  const internal::BoundPort& bound() const { return bound_; }

 private:
  friend struct internal::NodeBinder;

  explicit Port(internal::BoundPort bound) : bound_(std::move(bound)) {}

  internal::BoundPort bound_;
};

// An input that takes a port or a constant of type T. There is no default: an input left out of a
// designated initialiser does not compile.
template <class T>
class In {
 public:
  template <AssignableTo<T> From>
  // NOLINTNEXTLINE(google-explicit-constructor): inputs are written as ports and constants.
  In(const Port<From>& port) : binding_(port.bound()) {}

  template <internal::ConstantFor<T> From>
  // NOLINTNEXTLINE(google-explicit-constructor): inputs are written as ports and constants.
  In(const From& constant) : binding_(internal::EncodeConstantAs<T>(constant)) {}

  const internal::Binding& binding() const { return binding_; }

 private:
  template <class>
  friend class OptionalIn;

  In() = default;

  internal::Binding binding_;
};

// The same for an input with a default: it may be left out.
template <class T>
class OptionalIn : public In<T> {
 public:
  OptionalIn() = default;
  using In<T>::In;
};

// An input of a map's body: elements for one instance each, or one value for all of them.
template <class T>
class EachIn {
 public:
  template <AssignableTo<T> From>
  // NOLINTNEXTLINE(google-explicit-constructor): inputs are written as ports and constants.
  EachIn(const Port<Each<From>>& elements) : binding_(elements.bound()), is_mapped_(true) {}

  template <std::convertible_to<In<T>> Source>
  // NOLINTNEXTLINE(google-explicit-constructor): inputs are written as ports and constants.
  EachIn(const Source& source) : binding_(In<T>(source).binding()) {}

  const internal::Binding& binding() const { return binding_; }
  bool is_mapped() const { return is_mapped_; }

 private:
  internal::Binding binding_;
  bool is_mapped_ = false;
};

}  // namespace orrery::client
