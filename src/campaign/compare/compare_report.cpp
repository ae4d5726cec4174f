#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memsim/base/json.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/campaign/compare.hpp>

#include <memsim/view/csv_line.hpp>
#include <memsim/view/json_line.hpp>
#include <memsim/view/measure_family.hpp>
#include "campaign/compare/compare_render.hpp"
#include "campaign/compare/standing_text.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kCsvHeader =
    "scenario,measure,unit,better,policy,first_seed,seeds,mean,lower_bound,best,difference,half_width,verdict,made_"
    "by\n";

// A share is one of 1, of which the measure counts thousandths.
std::string decimal(MeasureUnit unit, WideThousandths value) {
  const unsigned digits = unit == MeasureUnit::share ? 6 : 3;
  const WideThousandths size = value < 0 ? -value : value;
  const auto power = static_cast<WideThousandths>(power_of_ten(digits));
  std::string text =
      fmt::format("{}{}.{:0{}}", value < 0 ? "-" : "", size / power, static_cast<std::uint64_t>(size % power), digits);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string_view verdict_of(const Standing& standing) {
  if (!standing.is_compared) return {};
  if (standing.is_better) return "better";
  return standing.is_worse ? "worse" : "undecided";
}

void append_csv(std::string& out, const Comparison& comparison) {
  const std::string made_by = made_by_line(origin_text(comparison.origin), comparison.origin);
  for (const ComparedMeasure& measure : comparison.measures) {
    const std::vector<Standing> all = standings(comparison, measure);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Standing& standing = all[i];
      CsvLine line(out);
      const MeasureUnit unit = measure.measure.unit;
      line.text(comparison.scenario)
          .text(measure.measure.name)
          .text(name_of(unit))
          .text(name_of(measure.measure.better));
      line.text(comparison.contestants[i]).number(comparison.first_seed).number(comparison.seeds);
      if (standing.is_never) {
        line.text("never").number(0U).number(unsigned{standing.is_best});
      } else if (standing.is_known) {
        line.text(decimal(unit, standing.mean))
            .number(unsigned{standing.is_lower_bound})
            .number(unsigned{standing.is_best});
      } else {
        line.empty().empty().empty();
      }
      if (standing.is_compared) {
        line.text(decimal(unit, standing.difference)).text(decimal(unit, standing.half_width));
        line.text(verdict_of(standing));
      } else {
        line.empty().empty().empty();
      }
      line.text(made_by).finish();
    }
  }
}

// JSON's integers end at 64 bits; beyond, the nearest number with a point is as much as most readers keep.
Json json_of(WideThousandths value) {
  const auto whole = static_cast<std::int64_t>(value);
  return whole == value ? Json(whole) : Json(static_cast<double>(value));
}

Json json_of(const Standing& standing, const std::vector<std::optional<std::int64_t>>& values,
             const std::string& policy) {
  Json list = Json::array();
  for (const std::optional<std::int64_t>& value : values) {
    const Json number = value ? Json(*value) : Json();
    list.push_back(value == kNeverMeasured ? Json("never") : number);
  }
  Json out = {{"policy", policy}, {"values", list}};
  out["mean_thousandths"] = standing.is_known && !standing.is_never ? json_of(standing.mean) : Json();
  out["lower_bound"] = standing.is_lower_bound && !standing.is_never;
  out["never"] = standing.is_never;
  out["best"] = standing.is_best;
  if (standing.is_compared) {
    out["difference_thousandths"] = json_of(standing.difference);
    out["half_width_thousandths"] = json_of(standing.half_width);
    out["verdict"] = verdict_of(standing);
  }
  return out;
}

Json json_of(const Comparison& comparison) {
  Json measures = Json::array();
  for (const ComparedMeasure& measure : comparison.measures) {
    const std::vector<Standing> all = standings(comparison, measure);
    Json policies = Json::array();
    for (std::size_t i = 0; i < all.size(); ++i) {
      policies.push_back(json_of(all[i], measure.values[i], comparison.contestants[i]));
    }
    measures.push_back(
        {{"measure", measure.measure.name},
         {"unit", measure.measure.unit == MeasureUnit::share ? "permille" : name_of(measure.measure.unit)},
         {"better", name_of(measure.measure.better)},
         {"policies", policies}});
  }
  Json out = {{"scenario", comparison.scenario}, {"title", comparison.title}};
  add_origin(out, comparison.origin);
  out["first_seed"] = comparison.first_seed;
  out["seeds"] = comparison.seeds;
  out["measures"] = std::move(measures);
  return out;
}

std::string json_text(std::span<const Comparison> comparisons) {
  Json out = Json::array();
  for (const Comparison& comparison : comparisons) out.push_back(json_of(comparison));
  return inert_json(json_text(out, JsonLayout::indented)) + "\n";
}

}  // namespace

std::string render_comparisons(std::span<const Comparison> comparisons, TableFormat format, std::size_t columns) {
  if (format == TableFormat::json) return json_text(comparisons);
  std::string out(format == TableFormat::csv ? kCsvHeader : "");
  for (const Comparison& comparison : comparisons) {
    const bool is_apart = format != TableFormat::csv && !out.empty();
    if (is_apart) out += '\n';
    if (format == TableFormat::csv) append_csv(out, comparison);
    if (format == TableFormat::text) out += compare_text(comparison, columns);
    if (format == TableFormat::markdown) out += compare_markdown(comparison);
  }
  return out;
}

}  // namespace memsim
