#include "controller/maintenance/store_text.h"

#include <utility>

#include "controller/journal/journal_batch.h"
#include "fmt/format.h"
#include "graph/json.h"

namespace orrery::maintenance {
namespace {

std::uint64_t ProblemsOf(const StoreReport& report) {
  return report.problems.size() + report.problems_left_off;
}

}  // namespace

std::string ToText(const StoreReport& report) {
  std::string text =
      fmt::format("store {}, journal format {}\n", report.root, journal::kJournalFormatVersion);
  text += fmt::format(
      "records: {}, acknowledged up to {}; epoch: {}\n", report.records,
      report.acknowledged.has_value() ? fmt::format("{}", *report.acknowledged) : "an unknown one",
      report.epoch);
  text += fmt::format("workflows: {}, {} of them running\n", report.workflows, report.running);
  text += fmt::format("blobs: {} with {} bytes; {}\n", report.blobs, report.blob_bytes,
                      report.are_digests_checked ? "every byte was read"
                                                 : "lengths were checked, --verify reads them");
  for (const StoreProblem& problem : report.problems) {
    text += problem.record.has_value() ? fmt::format("record {}: ", *problem.record) : "";
    text += fmt::format("{}\n  {}\n", problem.what, problem.advice);
  }
  if (report.problems_left_off > 0) {
    text += fmt::format("and {} more problems\n", report.problems_left_off);
  }
  text += report.is_sound() ? "sound\n" : fmt::format("damaged: {} problems\n", ProblemsOf(report));
  return text;
}

std::string ToJson(const StoreReport& report) {
  graph::List problems;
  for (const StoreProblem& problem : report.problems) {
    graph::Datum record = graph::None{};
    if (problem.record.has_value()) record = *problem.record;
    problems.emplace_back(graph::Object{
        {"record", std::move(record)}, {"what", problem.what}, {"advice", problem.advice}});
  }
  graph::Datum acknowledged = graph::None{};
  if (report.acknowledged.has_value()) acknowledged = *report.acknowledged;
  return graph::WriteJson(graph::Object{{"root", report.root},
                                        {"sound", report.is_sound()},
                                        {"format_version", journal::kJournalFormatVersion},
                                        {"records", report.records},
                                        {"acknowledged", std::move(acknowledged)},
                                        {"epoch", report.epoch},
                                        {"workflows", report.workflows},
                                        {"running", report.running},
                                        {"blobs", report.blobs},
                                        {"blob_bytes", report.blob_bytes},
                                        {"digests_checked", report.are_digests_checked},
                                        {"problems", std::move(problems)},
                                        {"problems_left_off", report.problems_left_off}},
                          graph::JsonStyle::kStandard) +
         "\n";
}

}  // namespace orrery::maintenance
