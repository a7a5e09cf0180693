#include "worker_sdk/cpp/array/array_lists.h"

#include <algorithm>
#include <complex>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "base/limit.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/limits.h"

namespace orrery {
namespace {

using graph::Datum;

template <class T>
Datum ToDatum(T element) {
  if constexpr (std::is_same_v<T, bool> || std::is_integral_v<T>) {
    return Datum(element);
  } else if constexpr (std::is_floating_point_v<T>) {
    return Datum(static_cast<double>(element));
  } else {
    return Datum(std::complex<double>(element));
  }
}

// `elements` are those of the axes in `lengths`.
template <class T>
Datum ToLists(std::span<const T> elements, std::span<const std::size_t> lengths) {
  if (lengths.empty()) return ToDatum(elements[0]);
  const std::size_t stride = lengths[0] == 0 ? 0 : elements.size() / lengths[0];
  graph::List list;
  list.reserve(lengths[0]);
  for (std::size_t i = 0; i < lengths[0]; ++i) {
    list.push_back(ToLists(elements.subspan(i * stride, stride), lengths.subspan(1)));
  }
  return list;
}

constexpr Limit kListElements{.name = "list_elements",
                              .max = 32 * 1024 * 1024,
                              .unit = LimitUnit::kCount,
                              .of = "elements of an array that a task returns as JSON lists",
                              .beyond = "the task fails; npy and raw have no such limit"};
static_assert(kListElements.max == graph::kLimits.json_bytes.max / 2,
              "each takes two characters or more");

// The lists of an array without elements are not paid for by its bytes: a header of a few bytes may
// claim any number of them.
constexpr Limit kEmptyLists{.name = "empty_lists",
                            .max = 1'000'000,
                            .unit = LimitUnit::kCount,
                            .of = "lists of an array without elements that a task returns as JSON",
                            .beyond = "the task fails; npy and raw have no such limit"};

// The type that an array of the elements so far needs.
enum class Need { kBool, kInt, kFloat, kComplex };

// Walks lists whose shape has been read from their first elements, and fails where they differ.
class ListReader {
 public:
  static absl::StatusOr<ListReader> Read(const Datum& datum) {
    ListReader reader;
    const Datum* first = &datum;
    while (const auto* list = first->As<graph::List>()) {
      RETURN_IF_ERROR(
          CheckLimit(kArrayAxes, "the nested list", reader.shape_.size() + 1, "nest it less"));
      reader.shape_.push_back(list->size());
      if (list->empty()) break;
      first = &list->front();
    }
    RETURN_IF_ERROR(reader.Collect(datum, 0));
    return reader;
  }

  absl::StatusOr<NDArray> Build() const {
    if (elements_.empty()) return Copy<double>();
    switch (need_) {
      case Need::kBool:
        return Copy<bool>();
      case Need::kInt:
        return Copy<std::int64_t>();
      case Need::kFloat:
        return Copy<double>();
      case Need::kComplex:
        return Copy<std::complex<double>>();
    }
    return absl::InternalError("unknown element need");
  }

 private:
  absl::Status Collect(const Datum& datum, std::size_t depth) {
    const auto* list = datum.As<graph::List>();
    if (depth == shape_.size()) {
      if (list == nullptr) return CollectElement(datum);
      return absl::InvalidArgumentError("a list stands beside a number");
    }
    if (list == nullptr) {
      return absl::InvalidArgumentError(fmt::format(
          "a {} stands where a list of length {} is needed", datum.KindName(), shape_[depth]));
    }
    if (list->size() != shape_[depth]) {
      return absl::InvalidArgumentError(
          fmt::format("lists of lengths {} and {} stand beside each other along axis {}",
                      shape_[depth], list->size(), depth));
    }
    for (const Datum& element : *list) RETURN_IF_ERROR(Collect(element, depth + 1));
    return absl::OkStatus();
  }

  absl::Status CollectElement(const Datum& datum) {
    if (datum.Is<std::complex<double>>()) {
      need_ = Need::kComplex;
    } else if (datum.Is<double>()) {
      need_ = std::max(need_, Need::kFloat);
    } else if (datum.Is<std::int64_t>()) {
      need_ = std::max(need_, Need::kInt);
    } else if (!datum.Is<bool>()) {
      return absl::InvalidArgumentError(
          fmt::format("an array element is {}, not a number that fits one", datum.KindName()));
    }
    elements_.push_back(&datum);
    return absl::OkStatus();
  }

  template <class T>
  static T Convert(const Datum& datum) {
    if (const auto* boolean = datum.As<bool>()) return static_cast<T>(*boolean);
    if constexpr (!std::is_same_v<T, bool>) {
      if (const auto* integer = datum.As<std::int64_t>()) {
        if constexpr (std::is_same_v<T, std::complex<double>>) {
          return T(static_cast<double>(*integer));
        } else {
          return static_cast<T>(*integer);
        }
      }
    }
    if constexpr (!std::is_integral_v<T>) {
      if (const auto* number = datum.As<double>()) return T(*number);
    }
    if constexpr (std::is_same_v<T, std::complex<double>>) {
      if (const auto* number = datum.As<std::complex<double>>()) return *number;
    }
    return T{};
  }

  template <class T>
  NDArray Copy() const {
    using Array = xt::xarray<T>;
    Array array = Array::from_shape(typename Array::shape_type(shape_.begin(), shape_.end()));
    std::ranges::transform(elements_, array.data(),
                           [](const Datum* element) { return Convert<T>(*element); });
    return NDArray(std::move(array));
  }

  ArrayShape shape_;
  std::vector<const Datum*> elements_;  // In C order; all are leaves of the datum that was read.
  Need need_ = Need::kBool;
};

}  // namespace

absl::StatusOr<Datum> ToNestedLists(const NDArray& array) {
  const ArrayShape shape = array.shape();
  const bool is_empty = array.element_count() == 0;
  const Limit& limit = is_empty ? kEmptyLists : kListElements;
  std::size_t lists = 1;
  for (const std::size_t length : shape) {
    if (length > limit.max / lists) {
      return absl::InvalidArgumentError(fmt::format(
          "{} is too large to be written as lists, at most {} {} are; use npy or raw (limit {})",
          array.Describe(), limit.max, is_empty ? "empty lists" : "elements", limit.name));
    }
    lists *= std::max<std::size_t>(length, 1);
  }
  return array.Visit([&](const auto& typed) {
    using Element = typename std::decay_t<decltype(typed)>::value_type;
    return ToLists(std::span<const Element>(typed.data(), typed.size()),
                   std::span<const std::size_t>(shape));
  });
}

absl::StatusOr<NDArray> FromNestedLists(const Datum& datum) {
  ASSIGN_OR_RETURN(const ListReader reader, ListReader::Read(datum));
  return reader.Build();
}

}  // namespace orrery
