#include "graph/builtins/accumulation.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "absl/numeric/int128.h"
#include "base/status_macros.h"
#include "graph/builtins/arithmetic.h"
#include "graph/builtins/python/error.h"

namespace orrery::graph::internal {
namespace {

// Returns an int of 64 bits, or a bool as an int.
std::optional<std::int64_t> SmallIntegerOf(const Datum& datum) {
  if (const auto* number = datum.As<std::int64_t>()) return *number;
  if (const auto* number = datum.As<bool>()) return *number ? 1 : 0;
  return std::nullopt;
}

// Neumaier's sum: collects the rounding errors separately.
class FloatSum {
 public:
  explicit FloatSum(double start) : sum_(start) {}

  void Add(double number) {
    const double next = sum_ + number;
    lost_ += std::abs(sum_) >= std::abs(number) ? (sum_ - next) + number : (number - next) + sum_;
    sum_ = next;
  }
  // Python treats ints as exact and does not compensate for them.
  void AddInteger(std::int64_t number) { sum_ += static_cast<double>(number); }

  // An infinite or NaN sum is not corrected.
  double Total() const { return std::isfinite(lost_) && lost_ != 0 ? sum_ + lost_ : sum_; }

 private:
  double sum_;
  double lost_ = 0;
};

// Adds a list in the three phases of Python's sum: small ints, then floats, then any numbers.
class Summation {
 public:
  explicit Summation(const List& numbers) : numbers_(numbers) {}

  absl::StatusOr<Number> Run() {
    std::int64_t whole = 0;
    for (; position_ < numbers_.size(); ++position_) {
      const std::optional<std::int64_t> small = SmallIntegerOf(numbers_[position_]);
      std::int64_t next = 0;
      if (!small.has_value() || __builtin_add_overflow(whole, *small, &next)) break;
      whole = next;
    }
    total_ = Integer(whole);
    if (position_ == numbers_.size()) return total_;
    RETURN_IF_ERROR(AddNext());
    if (const auto* real = std::get_if<double>(&total_)) AddFloats(*real);
    while (position_ < numbers_.size()) RETURN_IF_ERROR(AddNext());
    return std::move(total_);
  }

 private:
  void AddFloats(double start) {
    FloatSum sum(start);
    for (; position_ < numbers_.size(); ++position_) {
      const std::optional<std::int64_t> small = SmallIntegerOf(numbers_[position_]);
      const auto* real = numbers_[position_].As<double>();
      if (!small.has_value() && real == nullptr) break;
      if (real != nullptr) {
        sum.Add(*real);
      } else {
        sum.AddInteger(*small);
      }
    }
    total_ = sum.Total();
  }

  absl::Status AddNext() {
    const Datum& next = numbers_[position_++];
    // Adds in place, because the total may be long and there may be many numbers.
    const std::optional<std::int64_t> small = SmallIntegerOf(next);
    if (auto* integer = std::get_if<Integer>(&total_); integer != nullptr && small.has_value()) {
      *integer += *small;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(total_, Add(total_, *AsNumber(next)));
    return absl::OkStatus();
  }

  const List& numbers_;
  std::size_t position_ = 0;
  Number total_;
};

// The exact sum of reals: integers, and the mantissas of floats by exponent.
class ExactSum {
 public:
  void Add(const Datum& number) {
    if (const auto* real = number.As<double>()) {
      AddFloat(*real);
    } else if (const std::optional<std::int64_t> small = SmallIntegerOf(number)) {
      whole_ += *small;
    } else {
      whole_ += *AsInteger(number);
    }
  }

  absl::StatusOr<Number> DividedBy(std::size_t count) const {
    if (!std::isfinite(special_)) return special_ / static_cast<double>(count);
    if (!has_floats_ && whole_ % count == 0) return Integer(whole_ / count);
    const int exponent_min = mantissas_.empty() ? 0 : std::min(0, mantissas_.begin()->first);
    Integer numerator = whole_ << -exponent_min;
    for (const auto& [exponent, sum] : mantissas_) {
      numerator += ToInteger(sum) << (exponent - exponent_min);
    }
    return RatioToDouble(std::move(numerator), Integer(count) << -exponent_min);
  }

 private:
  void AddFloat(double number) {
    has_floats_ = true;
    if (!std::isfinite(number)) {
      special_ += number;
      return;
    }
    int exponent = 0;
    const double mantissa = std::frexp(number, &exponent);
    if (mantissa == 0) return;
    constexpr int kMantissaBits = std::numeric_limits<double>::digits;
    // An overflow would require a list of 2^74 elements.
    mantissas_[exponent - kMantissaBits] +=
        static_cast<std::int64_t>(std::ldexp(mantissa, kMantissaBits));
  }

  // Boost's left shift of negative numbers is an arithmetic one, so the sign need not be separated.
  static Integer ToInteger(absl::int128 value) {
    return (Integer(absl::Int128High64(value)) << 64) + Integer(absl::Int128Low64(value));
  }

  Integer whole_;
  std::map<int, absl::int128> mantissas_;
  // The sum of the infinities and NaNs; 0 if there are none.
  double special_ = 0;
  bool has_floats_ = false;
};

}  // namespace

absl::StatusOr<Number> SumOf(const List& numbers) { return Summation(numbers).Run(); }

absl::StatusOr<Number> ProductOf(const List& numbers) {
  Number product = Integer(1);
  for (const Datum& each : numbers) {
    // Factors 1 and -1 are cheap, however long the product is.
    const std::optional<std::int64_t> small = SmallIntegerOf(each);
    auto* integer = std::get_if<Integer>(&product);
    if (integer != nullptr && small == 1) continue;
    if (integer != nullptr && small == -1) {
      integer->backend().negate();
      continue;
    }
    ASSIGN_OR_RETURN(product, Multiply(product, *AsNumber(each)));
  }
  return product;
}

absl::StatusOr<Number> MeanOf(const List& numbers) {
  if (numbers.empty()) {
    return PythonError("StatisticsError", "mean requires at least one data point");
  }
  ExactSum sum;
  for (const Datum& each : numbers) sum.Add(each);
  return sum.DividedBy(numbers.size());
}

}  // namespace orrery::graph::internal
