// Marks results with several ports.
//
// A struct described with BOOST_DESCRIBE_STRUCT is one value, at the port "value". Its fields
// become ports if the type is marked, or if the task returns the struct inside Ports:
//
//   template <>
//   inline constexpr bool orrery::kIsPortMapping<Quotient> = true;
//
//   orrery::Ports<Quotient> Divide(int a, int b) { return {{.quotient = a / b, .rest = a % b}}; }
#pragma once

namespace orrery {

template <class T>
inline constexpr bool kIsPortMapping = false;

template <class T>
struct Ports {
  T ports;
};

}  // namespace orrery
