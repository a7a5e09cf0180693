#include "worker_sdk/cpp/array/npy_header.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "absl/status/status.h"
#include "base/limit.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;
// Room that numpy leaves so that the first axis can grow in place.
constexpr std::size_t kGrowthDigits = 21;
// 32 axes of 20 digits and the rest of the dictionary fit easily.
constexpr Limit kNpyHeaderBytes{.name = "npy_header_bytes",
                                .max = 4096,
                                .unit = LimitUnit::kBytes,
                                .of = "header of an array in npy",
                                .beyond = "the array is refused"};

absl::Status NotNpy(std::string_view reason) {
  return absl::InvalidArgumentError(fmt::format("not a readable npy array: {}", reason));
}

// Reads the few Python literals that occur in a header. A method that returns false or an error
// leaves the position unspecified.
class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : text_(text) {}

  // Skips blanks, then takes `token` if it is next.
  bool Take(std::string_view token) {
    SkipBlanks();
    if (!text_.substr(position_).starts_with(token)) return false;
    position_ += token.size();
    return true;
  }

  bool IsAtEnd() {
    SkipBlanks();
    return position_ == text_.size();
  }

  absl::StatusOr<std::string_view> String() {
    const bool is_single = Take("'");
    if (!is_single && !Take("\"")) return NotNpy("a text in quotes is missing in its header");
    const std::size_t end = text_.find(is_single ? '\'' : '"', position_);
    if (end == std::string_view::npos) return NotNpy("a text in its header has no end");
    const std::string_view content = text_.substr(position_, end - position_);
    position_ = end + 1;
    return content;
  }

  absl::StatusOr<bool> Bool() {
    if (Take("True")) return true;
    if (Take("False")) return false;
    return NotNpy("fortran_order is neither True nor False");
  }

  absl::StatusOr<ArrayShape> Shape() {
    if (!Take("(")) return NotNpy("its shape is not a tuple");
    ArrayShape shape;
    while (!Take(")")) {
      if (shape.size() == kArrayAxes.max) {
        return NotNpy(
            fmt::format("it has more than {} axes (limit {})", kArrayAxes.max, kArrayAxes.name));
      }
      ASSIGN_OR_RETURN(const std::uint64_t length, Length());
      shape.push_back(length);
      const bool has_comma = Take(",");
      if (!has_comma && shape.size() == 1) return NotNpy("its shape is not a tuple");
      if (!has_comma && !Take(")")) return NotNpy("its shape has no end");
      if (!has_comma) return shape;
    }
    return shape;
  }

 private:
  absl::StatusOr<std::uint64_t> Length() {
    SkipBlanks();
    std::uint64_t length = 0;
    const char* begin = text_.data() + position_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), length);
    if (error != std::errc()) return NotNpy("an axis of its shape is not a length");
    position_ += static_cast<std::size_t>(end - begin);
    return length;
  }

  void SkipBlanks() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) {
      ++position_;
    }
  }

  const std::string_view text_;
  std::size_t position_ = 0;
};

absl::Status SetElementType(std::string_view description, NpyHeader& header) {
  if (description == "|O") {
    return NotNpy("its elements are Python objects, which only Python can read");
  }
  std::size_t size_bytes = 0;
  const bool has_form = description.size() >= 3 &&
                        std::string_view("<>|=").find(description[0]) != std::string_view::npos;
  if (has_form) {
    const char* end = description.data() + description.size();
    const auto [rest, error] = std::from_chars(description.data() + 2, end, size_bytes);
    if (error != std::errc() || rest != end) size_bytes = 0;
  }
  const std::optional<ElementType> type =
      has_form ? FindElementType(description[1], size_bytes) : std::nullopt;
  if (!type.has_value()) {
    return NotNpy(fmt::format("element type '{}' is not one of bool, int, uint, float and complex",
                              description.substr(0, 40)));
  }
  header.element_type = *type;
  header.is_big_endian = description[0] == '>';
  return absl::OkStatus();
}

absl::Status ParseDictionary(std::string_view text, NpyHeader& header) {
  LiteralReader reader(text);
  if (!reader.Take("{")) return NotNpy("its header is not a dictionary");
  bool has_description = false;
  bool has_order = false;
  bool has_shape = false;
  while (!reader.Take("}")) {
    ASSIGN_OR_RETURN(const std::string_view key, reader.String());
    if (!reader.Take(":")) return NotNpy("its header is not a dictionary");
    if (key == "descr" && !std::exchange(has_description, true)) {
      if (reader.Take("[")) return NotNpy("its elements are structures");
      ASSIGN_OR_RETURN(const std::string_view description, reader.String());
      RETURN_IF_ERROR(SetElementType(description, header));
    } else if (key == "fortran_order" && !std::exchange(has_order, true)) {
      ASSIGN_OR_RETURN(header.is_fortran_order, reader.Bool());
    } else if (key == "shape" && !std::exchange(has_shape, true)) {
      ASSIGN_OR_RETURN(header.shape, reader.Shape());
    } else {
      return NotNpy(fmt::format("its header has an unexpected '{}'", key.substr(0, 40)));
    }
    if (reader.Take(",")) continue;
    if (!reader.Take("}")) return NotNpy("its header is not a dictionary");
    break;
  }
  if (!reader.IsAtEnd()) return NotNpy("something follows the dictionary in its header");
  if (!has_description || !has_order || !has_shape) {
    return NotNpy("its header lacks descr, fortran_order or shape");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<NpyHeader> ParseNpyHeader(std::string_view bytes) {
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + 2) {
    return NotNpy("it does not begin as a npy file does");
  }
  const int major = static_cast<unsigned char>(bytes[6]);
  const int minor = static_cast<unsigned char>(bytes[7]);
  if (major < 1 || major > 3 || minor != 0) {
    return NotNpy(
        fmt::format("its format version is {}.{}, and 1.0 to 3.0 are known", major, minor));
  }
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  const std::size_t prefix_bytes = kMagic.size() + 2 + length_bytes;
  if (bytes.size() < prefix_bytes) return NotNpy("it ends in its header");
  std::size_t header_bytes = 0;
  for (std::size_t i = length_bytes; i > 0; --i) {
    header_bytes = header_bytes << 8 | static_cast<unsigned char>(bytes[kMagic.size() + 1 + i]);
  }
  if (header_bytes > kNpyHeaderBytes.max) {
    return NotNpy(fmt::format("its header {}",
                              DescribeExcess(kNpyHeaderBytes, header_bytes, "write it again")));
  }
  if (bytes.size() - prefix_bytes < header_bytes) return NotNpy("it ends in its header");
  NpyHeader header;
  header.data_offset = prefix_bytes + header_bytes;
  RETURN_IF_ERROR(ParseDictionary(bytes.substr(prefix_bytes, header_bytes), header));
  return header;
}

std::string FormatNpyHeader(ElementType type, const ArrayShape& shape) {
  const ElementTypeInfo& info = InfoOf(type);
  std::string text = fmt::format("{{'descr': '{}{}{}', 'fortran_order': False, 'shape': {}, }}",
                                 info.size_bytes == 1 ? '|' : '<', info.kind, info.size_bytes,
                                 ShapeToString(shape));
  if (!shape.empty()) {
    const std::size_t digits = fmt::formatted_size("{}", shape[0]);
    text.append(kGrowthDigits - std::min(digits, kGrowthDigits), ' ');
  }
  // numpy pads a header that is already aligned by a whole block more.
  const std::size_t prefix_bytes = kMagic.size() + 2 + 2;
  const std::size_t unpadded = prefix_bytes + text.size() + 1;
  text.append(kAlignment - unpadded % kAlignment, ' ');
  text.push_back('\n');

  std::string header(kMagic);
  header.push_back('\x01');
  header.push_back('\x00');
  header.push_back(static_cast<char>(text.size() & 0xff));
  header.push_back(static_cast<char>(text.size() >> 8));
  return header + text;
}

}  // namespace orrery
