// The typed ends of a graph's edges: a Port is the source of a value, an In an input.
//
// A Port names a port of a node and has no value. Only the builder that made a Port may use it.
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

// Stands in typed stubs for a type that has no C++ type at the client.
using graph::Opaque;

}  // namespace orrery

namespace orrery::client {

namespace internal {
struct NodeBinder;
}  // namespace internal

// An output port with values of T. Converts to a port of every type that T fits.
template <class T>
class Port {
 public:
  template <class From>
  requires(!std::same_as<From, T> && AssignableTo<From, T>)
      // NOLINTNEXTLINE(google-explicit-constructor): a port converts if its values fit.
      Port(const Port<From>& other)
      : bound_(other.bound()) {}

  const graph::PortRef& ref() const { return bound_.ref; }
  const internal::BoundPort& bound() const { return bound_; }

 private:
  friend struct internal::NodeBinder;

  explicit Port(internal::BoundPort bound) : bound_(std::move(bound)) {}

  internal::BoundPort bound_;
};

// An input that takes a port or a constant of type T. It has no default constructor: an input that
// is missing in a designated initializer does not compile.
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

// An input with a default, which may be left out.
template <class T>
class OptionalIn : public In<T> {
 public:
  OptionalIn() = default;
  using In<T>::In;
};

// An input of a map: elements, or one value for all elements.
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
