// A graph that maps the values of a list in parallel and folds the results in order.
//
//   ASSIGN_OR_RETURN(const auto map_reduce, (graphs::DefineMapReduce<Text, Count, Count>()));
//   const auto total = g.Eval(
//       map_reduce, {.values = texts, .map = count_words, .reduce = add, .initial = 0});
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "boost/describe/class.hpp"
#include "client/cpp/builder.h"
#include "client/cpp/graphs/fold_left.h"
#include "client/cpp/port.h"
#include "client/cpp/typed_graph.h"

namespace orrery::client::graphs {

template <template <class> class P, class T, class Mapped, class Result>
struct MapReduceInputs {
  P<std::vector<T>> values;
  P<TypedGraph<Port<T>, Port<Mapped>>> map;
  P<FoldStep<Result, Mapped>> reduce;
  P<Result> initial;
  BOOST_DESCRIBE_CLASS(MapReduceInputs, (), (values, map, reduce, initial), (), ())
};

template <class T, class Mapped, class Result>
using MapReduce = TypedGraph<MapReduceInputs<Port, T, Mapped, Result>, Port<Result>>;

template <class T, class Mapped, class Result>
absl::StatusOr<MapReduce<T, Mapped, Result>> DefineMapReduce() {
  ASSIGN_OR_RETURN(const auto fold, (DefineFoldLeft<Result, Mapped>()));
  return MapReduce<T, Mapped, Result>::Define(
      "map reduce", [&fold](GraphBuilder& g, const MapReduceInputs<Port, T, Mapped, Result>& in) {
        const Port<Each<Mapped>> mapped = g.Map(in.map, g.Unfold(in.values));
        return g.Eval(fold, {.initial = in.initial, .values = g.Fold(mapped), .step = in.reduce});
      });
}

}  // namespace orrery::client::graphs
