#include "campaign/sweep/report_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/compare.hpp>
#include <memsim/view/value_text.hpp>

#include "campaign/compare/standing_text.hpp"
#include "campaign/measures/distinct_texts.hpp"
#include "campaign/measures/measure_pattern.hpp"

namespace memsim {
namespace {

constexpr std::size_t kSentencesMax = 8;

ReportCell text_cell(std::string text) { return {escaped_for_terminal(text), text, false}; }
ReportCell number_cell(std::uint64_t value) { return {fmt::format("{}", value), fmt::format("{}", value), true}; }
ReportCell number_cell(std::string shown, double value) { return {std::move(shown), fmt::format("{}", value), true}; }
ReportCell empty_cell() { return {"-", "", true}; }

ReportCell time_cell(std::optional<SimTime> time) {
  if (!time) return empty_cell();
  return {format_duration_human(SimDuration(time->value())), fmt::format("{}", time->value()), true};
}

// "As it is", where nothing varies.
std::string name_of(const Variation& variation) { return variation.name.empty() ? "as it is" : variation.name; }

std::string share_text(double share) { return fmt::format("{:.1f} %", 100 * share); }

// Three digits, as far as a p-value is worth them.
std::string p_text(double p) { return p < .0001 ? "p < .0001" : "p = " + probability_text(p); }

void add_survival_row(ReportTable& table, const SurvivalOfProbe& probe, const Variation& variation,
                      const Survival& survival) {
  std::vector<ReportCell> row = {text_cell(probe.what), text_cell(name_of(variation)), number_cell(survival.runs),
                                 number_cell(survival.refused), time_cell(probe.time)};
  if (const auto& at = survival.at_time) {
    const std::string band = fmt::format("{} to {}", probability_text(at->band.low), probability_text(at->band.high));
    row.push_back(number_cell(probability_text(at->share), at->share));
    row.push_back({band, "", false});
    row.push_back(number_cell({}, at->band.low));
    row.push_back(number_cell({}, at->band.high));
  } else {
    for (int i = 0; i < 4; ++i) row.push_back(empty_cell());
  }
  row.push_back(survival.median ? time_cell(survival.median) : ReportCell{"not reached", "", true});
  table.rows.push_back(std::move(row));
}

void add_survival_notes(ReportTable& table, const SweepResults& sweep, const SurvivalOfProbe& probe) {
  const bool is_probe = !probe.asked.empty();
  const std::size_t count = sweep.variations().size();
  for (std::size_t i = 0; is_probe && i < count && count <= kSentencesMax; ++i) {
    const std::string sentence = survival_sentence(probe, i);
    const std::string name = count == 1 ? "" : ": " + escaped_for_terminal(name_of(sweep.variations()[i]));
    if (!sentence.empty()) table.notes.push_back(sentence + name);
  }
  if (!probe.log_rank) return;
  table.notes.push_back(fmt::format("{}: do the variations differ? log-rank {:.2f}, {} degree{} of freedom, {}",
                                    probe.what, probe.log_rank->statistic, probe.log_rank->degrees,
                                    probe.log_rank->degrees == 1 ? "" : "s", p_text(probe.log_rank->p_value)));
}

}  // namespace

ReportTable survival_table(const SweepResults& sweep, const std::vector<SurvivalOfProbe>& survival) {
  ReportTable table{"Survival: how likely all was granted up to a moment",
                    {},
                    {{"of", "of"},
                     {"variation", "variation"},
                     {"runs", "runs"},
                     {"refused in", "refused"},
                     {"up to", "time_ns"},
                     {"granted", "granted"},
                     {"95 %", ""},
                     {"", "low"},
                     {"", "high"},
                     {"median", "median_ns"}},
                    {}};
  for (const SurvivalOfProbe& probe : survival) {
    add_survival_notes(table, sweep, probe);
    for (std::size_t i = 0; i < probe.variations.size(); ++i) {
      add_survival_row(table, probe, sweep.variations()[i], probe.variations[i]);
    }
  }
  return table;
}

ReportTable curve_table(const SweepResults& sweep, const std::vector<SurvivalOfProbe>& survival) {
  ReportTable table{"Survival curves",
                    {},
                    {{"of", "of"},
                     {"variation", "variation"},
                     {"time", "time_ns"},
                     {"at risk", "at_risk"},
                     {"refused", "refused"},
                     {"granted", "granted"},
                     {"error", "error"},
                     {"low", "low"},
                     {"high", "high"}},
                    {}};
  for (const SurvivalOfProbe& probe : survival) {
    for (std::size_t i = 0; i < probe.variations.size(); ++i) {
      for (const SurvivalPoint& point : probe.variations[i].curve) {
        table.rows.push_back({text_cell(probe.what), text_cell(name_of(sweep.variations()[i])), time_cell(point.time),
                              number_cell(point.at_risk), number_cell(point.events),
                              number_cell(probability_text(point.share), point.share),
                              number_cell(fmt::format("{:.4f}", point.error), point.error),
                              number_cell(probability_text(point.band.low), point.band.low),
                              number_cell(probability_text(point.band.high), point.band.high)});
      }
    }
  }
  return table;
}

namespace {

// The runs as a comparison of their variations, whose standings know means, their intervals and paired differences.
Comparison comparison_of(const SweepResults& sweep, const SweptRuns& runs) {
  Comparison comparison;
  comparison.seeds = sweep.seeds();
  comparison.end_times.assign(sweep.seeds(), 0);
  for (const Variation& variation : sweep.variations()) comparison.contestants.push_back(name_of(variation));
  for (std::size_t i = 0; i < runs.end_times.size(); ++i) {
    std::int64_t& longest = comparison.end_times[i % sweep.seeds()];
    longest = std::max(longest, static_cast<std::int64_t>(runs.end_times[i].value()));
  }
  return comparison;
}

ComparedMeasure compared(const SweepResults& sweep, const SweptMeasure& measure) {
  ComparedMeasure all{measure.kind, {}};
  for (std::size_t i = 0; i < sweep.variations().size(); ++i) {
    const auto begin = measure.values.begin() + static_cast<std::ptrdiff_t>(i * sweep.seeds());
    all.values.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(sweep.seeds()));
  }
  return all;
}

std::string raw(WideThousandths value) { return fmt::format("{}", value); }

ReportCell median_cell(const Measure& kind, const std::vector<std::optional<std::int64_t>>& values) {
  std::vector<std::int64_t> known;
  for (const std::optional<std::int64_t>& value : values) {
    if (value) known.push_back(*value);
  }
  if (known.empty()) return empty_cell();
  const auto middle = known.begin() + static_cast<std::ptrdiff_t>((known.size() - 1) / 2);
  std::nth_element(known.begin(), middle, known.end());
  Measure median = kind;
  median.value = *middle;
  return {measure_text(median), *middle == kNeverMeasured ? "" : fmt::format("{}", *middle), true};
}

std::string_view verdict_of(const Standing& standing) {
  if (!standing.is_compared) return {};
  if (standing.is_better) return "better";
  return standing.is_worse ? "worse" : "undecided";
}

void add_measure_rows(ReportTable& table, const Comparison& comparison, const ComparedMeasure& measure) {
  const std::vector<Standing> all = standings(comparison, measure);
  const std::vector<std::string> means = mean_texts(measure.measure, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Standing& standing = all[i];
    const bool has_mean = standing.is_known && !standing.is_never;
    const ReportCell none = {"", "", true};
    table.rows.push_back(
        {text_cell(measure.measure.name),
         text_cell(comparison.contestants[i]),
         {(standing.is_best ? "* " : "") + means[i], has_mean ? raw(standing.mean) : "", true},
         {"", standing.is_lower_bound ? "1" : "0", true},
         median_cell(measure.measure, measure.values[i]),
         standing.is_compared ? ReportCell{difference_text(measure.measure, standing), "", false} : none,
         standing.is_compared ? ReportCell{"", raw(standing.difference), true} : none,
         standing.is_compared ? ReportCell{"", raw(standing.half_width), true} : none,
         {"", std::string(verdict_of(standing)), false}});
  }
}

}  // namespace

ReportTable measure_table(const SweepResults& sweep, const SweptRuns& runs, const std::vector<std::string>& patterns) {
  const Comparison comparison = comparison_of(sweep, runs);
  const std::string& first = comparison.contestants.front();
  const std::string difference = "from " + escaped_for_terminal(first) + ", 95 %";
  ReportTable table{"Measures: means over the seeds, * the best",
                    {},
                    {{"measure", "measure"},
                     {"variation", "variation"},
                     {"mean", "mean_thousandths"},
                     {"", "lower_bound"},
                     {"median", "median"},
                     {difference, ""},
                     {"", "difference_thousandths"},
                     {"", "half_width_thousandths"},
                     {"", "verdict"}},
                    {}};
  for (const std::string& pattern : patterns) {
    for (const SweptMeasure& measure : runs.measures) {
      if (fits(pattern, measure.kind.name)) add_measure_rows(table, comparison, compared(sweep, measure));
    }
  }
  return table;
}

namespace {

// The means at the values of an axis, for people and for programs. Those that differ have different texts.
std::pair<std::string, std::string> means_of(const Measure& measure, const AxisEffect& axis) {
  constexpr std::int64_t kPerUnit = 1000;
  std::vector<ShownValue> values;
  for (const LevelEffect& level : axis.levels) values.push_back(static_cast<ShownValue>(level.mean * kPerUnit));
  const std::vector<std::string> texts = distinct_texts(measure, values, kPerUnit);
  std::pair<std::string, std::string> means;
  for (std::size_t i = 0; i < axis.levels.size(); ++i) {
    const LevelEffect& level = axis.levels[i];
    if (level.runs == 0) continue;
    const std::string value = level.value.empty() ? "as it is" : level.value;
    means.first += (means.first.empty() ? "" : ", ") + escaped_for_terminal(value) + ": " + texts[i];
    means.second += (means.second.empty() ? "" : " ") + fmt::format("{}={}", value, level.mean);
  }
  return means;
}

}  // namespace

ReportTable sensitivity_table(const std::vector<Sensitivity>& all) {
  ReportTable table{"Sensitivity: what of a measure's variance goes with what was varied",
                    {},
                    {{"measure", "measure"},
                     {"varied", "axis"},
                     {"share", "share"},
                     {"by chance", "by_chance"},
                     {"mean at its values", ""},
                     {"", "means"}},
                    {}};
  const auto share_cell = [](double share) { return number_cell(share_text(share), share); };
  for (const Sensitivity& of : all) {
    for (const AxisEffect& axis : of.axes) {
      const auto [means, raw_means] = means_of(of.measure, axis);
      table.rows.push_back({text_cell(of.measure.name),
                            text_cell(axis.axis),
                            share_cell(axis.share),
                            share_cell(axis.by_chance),
                            {means, "", false},
                            {"", raw_means, false}});
    }
    double rest = 1 - of.seeds_share;
    for (const AxisEffect& axis : of.axes) rest -= axis.share;
    if (of.axes.size() > 1) {
      table.rows.push_back({text_cell(of.measure.name),
                            text_cell("(together)"),
                            share_cell(rest),
                            empty_cell(),
                            {"", "", false},
                            {"", "", false}});
    }
    table.rows.push_back({text_cell(of.measure.name),
                          text_cell("(seeds)"),
                          share_cell(of.seeds_share),
                          empty_cell(),
                          {"", "", false},
                          {"", "", false}});
  }
  return table;
}

}  // namespace memsim
