#include "graph/datum.h"

#include "base/overload.h"

namespace orrery::graph {

const Datum* Datum::Find(std::string_view name) const {
  const Object* object = As<Object>();
  if (object == nullptr) return nullptr;
  for (const auto& [field_name, value] : *object) {
    if (field_name == name) return &value;
  }
  return nullptr;
}

std::string_view Datum::KindName() const {
  return std::visit(Overload{
                        [](None) { return "none"; },
                        [](bool) { return "bool"; },
                        [](std::int64_t) { return "int"; },
                        [](const BigInteger&) { return "int"; },
                        [](double) { return "float"; },
                        [](const std::complex<double>&) { return "complex"; },
                        [](const std::string&) { return "str"; },
                        [](const Bytes&) { return "bytes"; },
                        [](const List&) { return "list"; },
                        [](const Object&) { return "object"; },
                    },
                    variant_);
}

}  // namespace orrery::graph
