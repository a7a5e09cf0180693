#include "graph/builtins/ordering.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

#include "graph/builtins/integer.h"

namespace orrery::graph::internal {
namespace {

constexpr double kInt64Bound = 0x1p63;  // The smallest double above every int64.

bool IsNegative(const BigInteger& number) { return number.digits.starts_with('-'); }

std::partial_ordering Flip(std::partial_ordering order) { return 0 <=> order; }

std::partial_ordering Compare(std::int64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kInt64Bound) return std::partial_ordering::less;
  if (b < -kInt64Bound) return std::partial_ordering::greater;
  const auto whole = static_cast<std::int64_t>(b);
  if (a != whole) return a <=> whole;
  return 0.0 <=> b - std::trunc(b);
}

std::partial_ordering Compare(const BigInteger& a, const BigInteger& b) {
  if (IsNegative(a) != IsNegative(b)) {
    return IsNegative(a) ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  std::partial_ordering size_order = a.digits.size() <=> b.digits.size();
  if (size_order == 0) size_order = a.digits.compare(b.digits) <=> 0;
  return IsNegative(a) ? Flip(size_order) : size_order;
}

std::partial_ordering Compare(const BigInteger& a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  const bool is_beyond_doubles = a.digits.size() > std::numeric_limits<double>::max_exponent10 + 2;
  if (is_beyond_doubles || std::abs(b) < kInt64Bound || std::isinf(b)) {
    const bool is_b_farther = std::isinf(b) && (b < 0) == IsNegative(a);
    return IsNegative(a) != is_b_farther ? std::partial_ordering::less
                                         : std::partial_ordering::greater;
  }
  return ParseDigits(a.digits).compare(Truncate(b)) <=> 0;
}

// An int that fits, or a bool; null and false for other values.
struct SmallInteger {
  bool is_one = false;
  std::int64_t value = 0;
};
SmallInteger SmallIntegerOf(const Datum& datum) {
  if (const auto* number = datum.As<std::int64_t>()) return {true, *number};
  if (const auto* number = datum.As<bool>()) return {true, *number ? 1 : 0};
  return {};
}

// Returns the real number that equals a number without an imaginary part. Returns null if there is
// none.
const Datum* AsReal(const Datum& datum, Datum& storage) {
  if (IsReal(datum)) return &datum;
  const auto* complex = datum.As<std::complex<double>>();
  if (complex == nullptr || complex->imag() != 0) return nullptr;
  storage = complex->real();
  return &storage;
}

bool IsNumber(const Datum& datum) { return IsReal(datum) || datum.Is<std::complex<double>>(); }

bool NumbersEqual(const Datum& a, const Datum& b) {
  const auto* left = a.As<std::complex<double>>();
  const auto* right = b.As<std::complex<double>>();
  if (left != nullptr && right != nullptr) return *left == *right;
  Datum left_storage;
  Datum right_storage;
  const Datum* left_real = AsReal(a, left_storage);
  const Datum* right_real = AsReal(b, right_storage);
  return left_real != nullptr && right_real != nullptr &&
         CompareReals(*left_real, *right_real) == std::partial_ordering::equivalent;
}

bool ObjectsEqual(const Object& a, const Object& b) {
  if (a.size() != b.size()) return false;
  std::unordered_map<std::string_view, const Datum*> fields;
  for (const auto& [name, value] : b) fields.emplace(name, &value);
  return std::ranges::all_of(a, [&fields](const Field& field) {
    const auto it = fields.find(field.first);
    return it != fields.end() && PythonEquals(field.second, *it->second);
  });
}

}  // namespace

bool IsReal(const Datum& datum) {
  return datum.Is<std::int64_t>() || datum.Is<double>() || datum.Is<bool>() ||
         datum.Is<BigInteger>();
}

std::partial_ordering CompareReals(const Datum& a, const Datum& b) {
  const SmallInteger small_a = SmallIntegerOf(a);
  const SmallInteger small_b = SmallIntegerOf(b);
  if (small_a.is_one && small_b.is_one) return small_a.value <=> small_b.value;
  const auto* float_a = a.As<double>();
  const auto* float_b = b.As<double>();
  if (float_a != nullptr && float_b != nullptr) return *float_a <=> *float_b;
  if (small_a.is_one && float_b != nullptr) return Compare(small_a.value, *float_b);
  if (float_a != nullptr && small_b.is_one) return Flip(Compare(small_b.value, *float_a));
  const auto* big_a = a.As<BigInteger>();
  const auto* big_b = b.As<BigInteger>();
  if (big_a != nullptr && big_b != nullptr) return Compare(*big_a, *big_b);
  if (big_a != nullptr && float_b != nullptr) return Compare(*big_a, *float_b);
  if (float_a != nullptr && big_b != nullptr) return Flip(Compare(*big_b, *float_a));
  // A BigInteger is larger in magnitude than every int64.
  const bool is_a_less = big_a != nullptr ? IsNegative(*big_a) : !IsNegative(*big_b);
  return is_a_less ? std::partial_ordering::less : std::partial_ordering::greater;
}

bool PythonEquals(const Datum& a, const Datum& b) {
  if (IsNumber(a) && IsNumber(b)) return NumbersEqual(a, b);
  if (a.variant().index() != b.variant().index()) return false;
  if (const auto* list = a.As<List>()) {
    return std::ranges::equal(*list, *b.As<List>(), PythonEquals);
  }
  if (const auto* object = a.As<Object>()) return ObjectsEqual(*object, *b.As<Object>());
  return a == b;
}

}  // namespace orrery::graph::internal
