#include <memsim/campaign/seed_answers.hpp>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <memsim/base/check.hpp>
#include <memsim/base/json.hpp>
#include <memsim/campaign/statistics.hpp>
#include <memsim/view/json_line.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/text_table.hpp>

#include "campaign/measures/measure_pattern.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kSeedsShown = 8;

// Every measure of any run, in the order of the first run that has it, with its value in each run that has it.
struct MeasuredRuns {
  std::vector<Measure> measures;
  std::vector<std::vector<std::int64_t>> values;
};

MeasuredRuns measured(std::span<const RunResult> runs) {
  MeasuredRuns all;
  std::map<std::string_view, std::size_t> index;
  for (const RunResult& run : runs) {
    for (const Measure& measure : run.measures) {
      const auto [entry, is_new] = index.emplace(measure.name, all.measures.size());
      if (is_new) {
        all.measures.push_back(measure);
        all.values.emplace_back();
      }
      all.values[entry->second].push_back(measure.value);
    }
  }
  return all;
}

std::string text_of(Measure measure, std::int64_t value) {
  measure.value = value;
  return measure_text(measure);
}

// "17 of 20 runs (64 % to 95 %)": a share, and how sure one may be of it.
std::string share_text(std::uint64_t count, std::uint64_t total) {
  const Interval interval = wilson_interval(count, total);
  return fmt::format("{} of {} (95 % sure of {:.0f} % to {:.0f} %)", count, counted(total, "run"), 100 * interval.low,
                     100 * interval.high);
}

// "41 min to 66 min, median 52 min", of values of which there is one at least.
std::string range_text(const Measure& measure, std::vector<std::int64_t> values) {
  std::sort(values.begin(), values.end());
  if (values.front() == values.back()) return text_of(measure, values.front());
  return fmt::format("{} to {}, median {}", text_of(measure, values.front()), text_of(measure, values.back()),
                     text_of(measure, values[(values.size() - 1) / 2]));
}

// The name between two parts of a measure's, as in probe/NAME/first_failure_ns.
std::optional<std::string_view> between(std::string_view name, std::string_view before, std::string_view behind) {
  if (!name.starts_with(before) || !name.ends_with(behind) || name.size() < before.size() + behind.size()) {
    return std::nullopt;
  }
  return name.substr(before.size(), name.size() - before.size() - behind.size());
}

std::string text_of_refusals(const MeasuredRuns& all, std::size_t i) {
  const Measure& measure = all.measures[i];
  std::vector<std::int64_t> values = all.values[i];
  const std::size_t total = values.size();
  if (const auto probe = between(measure.name, "probe/", "/first_failure_ns")) {
    std::erase(values, kNeverMeasured);
    const std::string name = escaped_for_terminal(*probe);
    if (values.empty()) return fmt::format("probe {}: refused in {}\n", name, share_text(0, total));
    return fmt::format("probe {}: refused in {}, first after {}\n", name, share_text(values.size(), total),
                       range_text(measure, values));
  }
  if (measure.name != "allocations/failed") return {};
  std::erase(values, 0);
  if (values.empty()) return {};
  return fmt::format("requests for frames: refused in {}, {} a run\n", share_text(values.size(), total),
                     range_text(measure, values));
}

std::string text_of_ends(std::span<const RunResult> runs) {
  std::map<StopReason, std::uint64_t> ends;
  for (const RunResult& run : runs) ++ends[run.end];
  std::string out =
      fmt::format("{}, seeds {} to {}:", counted(runs.size(), "run"), runs.front().seed, runs.back().seed);
  const char* separator = " ";
  for (const auto& [end, count] : ends)
    out += fmt::format("{}{} {}", std::exchange(separator, ", "), count, name_of(end));
  return out + '\n';
}

// One line for each expectation that fails somewhere.
std::string text_of_expectations(std::span<const RunResult> runs) {
  std::string out;
  std::size_t count = 0;
  for (const RunResult& run : runs) count = std::max(count, run.verdicts.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::uint64_t> seeds;
    std::string expected;
    for (const RunResult& run : runs) {
      if (i >= run.verdicts.size() || run.verdicts[i].holds) continue;
      seeds.push_back(run.seed);
      expected = run.verdicts[i].expected;
    }
    if (seeds.empty()) continue;
    const std::size_t shown = std::min(seeds.size(), kSeedsShown);
    out += fmt::format("expected {}: fails in {}, seeds {}{}\n", escaped_for_terminal(expected),
                       share_text(seeds.size(), runs.size()),
                       fmt::join(seeds.begin(), seeds.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                       shown < seeds.size() ? ", ..." : "");
  }
  if (out.empty() && count > 0) return fmt::format("expectations: all hold in every run\n");
  return out;
}

std::string text_of_table(const MeasuredRuns& all, std::span<const std::string> patterns) {
  using Align = TextTable::Align;
  TextTable table({Align::left, Align::right, Align::right, Align::right});
  table.add_row({"measure", "least", "median", "most"});
  for (const std::string& pattern : patterns) {
    for (std::size_t i = 0; i < all.measures.size(); ++i) {
      if (!fits(pattern, all.measures[i].name)) continue;
      std::vector<std::int64_t> values = all.values[i];
      std::sort(values.begin(), values.end());
      const Measure& measure = all.measures[i];
      table.add_row({measure.name, text_of(measure, values.front()), text_of(measure, values[(values.size() - 1) / 2]),
                     text_of(measure, values.back())});
    }
  }
  return table.text(0);
}

}  // namespace

std::string render_seeds_text(std::string_view heading, const ScenarioOrigin& origin, std::span<const RunResult> runs,
                              std::span<const std::string> patterns) {
  MEMSIM_CHECK(!runs.empty());
  const MeasuredRuns all = measured(runs);
  std::string out = fmt::format("{}\n{}\n", heading, origin_text(origin));
  if (!origin.overridden.empty()) out += overridden_text(origin) + '\n';
  out += text_of_ends(runs);
  for (std::size_t i = 0; i < all.measures.size(); ++i) out += text_of_refusals(all, i);
  return out + text_of_expectations(runs) + '\n' + text_of_table(all, patterns);
}

std::string render_seeds_json(std::string_view scenario, const ScenarioOrigin& origin,
                              std::span<const RunResult> runs) {
  Json list = Json::array();
  for (const RunResult& run : runs) {
    Json measures = Json::object();
    for (const Measure& measure : run.measures) {
      measures[measure.name] = measure.value == kNeverMeasured ? Json("never") : Json(measure.value);
    }
    Json failed = Json::array();
    for (const Verdict& verdict : run.verdicts) {
      if (!verdict.holds) failed.push_back({{"expected", verdict.expected}, {"found", verdict.found}});
    }
    list.push_back({{"seed", run.seed},
                    {"end", name_of(run.end)},
                    {"end_time_ns", run.end_time.value()},
                    {"records", run.records},
                    {"fingerprint", fingerprint_text(run.fingerprint)},
                    {"failed_expectations", failed},
                    {"measures", measures}});
  }
  Json out = {{"scenario", scenario}};
  add_origin(out, origin);
  out["runs"] = std::move(list);
  return inert_json(json_text(out, JsonLayout::indented)) + "\n";
}

ExitCode exit_code(std::span<const RunResult> runs) {
  const bool all_hold = std::all_of(runs.begin(), runs.end(), [](const RunResult& run) { return run.holds(); });
  return all_hold ? ExitCode::ok : ExitCode::expectation_failed;
}

}  // namespace memsim
