#include "campaign/sweep/run_row.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<MeasureUnit, std::string_view>, 5> kUnits = {{{MeasureUnit::count, "count"},
                                                                             {MeasureUnit::frames, "frames"},
                                                                             {MeasureUnit::bytes, "bytes"},
                                                                             {MeasureUnit::share, "permille"},
                                                                             {MeasureUnit::nanoseconds, "ns"}}};

std::string text_of(const Json& json) { return json.dump(-1, ' ', true, Json::error_handler_t::replace); }

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || text.size() != 16) return std::nullopt;
  return value;
}

std::optional<StopReason> end_from_word(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(kLastStopReason); ++i) {
    if (name_of(static_cast<StopReason>(i)) == word) return static_cast<StopReason>(i);
  }
  return std::nullopt;
}

bool read_measures(const Json& json, const MeasureKinds& kinds, std::vector<Measure>& measures) {
  if (!json.is_object()) return false;
  measures.reserve(json.size());
  for (const auto& [name, value] : json.items()) {
    const auto kind = kinds.find(name);
    if (kind == kinds.end() || !(value.is_null() || value.is_number_integer())) return false;
    measures.push_back(kind->second);
    measures.back().value = value.is_null() ? kNeverMeasured : value.get<std::int64_t>();
  }
  return true;
}

bool read_texts(const Json& json, std::vector<std::string>& texts) {
  if (!json.is_array()) return false;
  for (const Json& text : json) {
    if (!text.is_string()) return false;
    texts.push_back(text.get<std::string>());
  }
  return true;
}

}  // namespace

RunRow row_of(const RunResult& run) {
  RunRow row;
  row.seed = static_cast<std::int64_t>(run.seed);
  row.fingerprint = fingerprint_text(run.fingerprint);
  row.ended = name_of(run.end);
  row.end_time_ns = static_cast<std::int64_t>(run.end_time.value());
  row.records = static_cast<std::int64_t>(run.records);
  row.unseed = fingerprint_text(run.unseed);
  row.is_judged = run.is_judged ? 1 : 0;
  Json failed = Json::array();
  for (const Verdict& verdict : run.verdicts) {
    if (!verdict.holds) failed.push_back(verdict.expected);
  }
  row.failed = text_of(failed);
  Json measures = Json::object();
  for (const Measure& measure : run.measures) {
    measures[measure.name] = measure.value == kNeverMeasured ? Json() : Json(measure.value);
  }
  row.measures = text_of(measures);
  return row;
}

std::optional<StoredRun> run_of(const RunRow& row, const MeasureKinds& kinds) {
  StoredRun run;
  const auto fingerprint = hexadecimal(row.fingerprint);
  const auto unseed = hexadecimal(row.unseed);
  const auto end = end_from_word(row.ended);
  if (!fingerprint || !unseed || !end || row.end_time_ns < 0 || row.records < 0) return std::nullopt;
  run.result.seed = static_cast<std::uint64_t>(row.seed);
  run.result.fingerprint = *fingerprint;
  run.result.unseed = *unseed;
  run.result.end = *end;
  run.result.end_time = SimTime(static_cast<std::uint64_t>(row.end_time_ns));
  run.result.records = static_cast<std::uint64_t>(row.records);
  run.result.is_judged = row.is_judged != 0;
  const Json measures = Json::parse(row.measures, nullptr, false);
  const Json failed = Json::parse(row.failed, nullptr, false);
  if (!read_measures(measures, kinds, run.result.measures) || !read_texts(failed, run.failed)) return std::nullopt;
  return run;
}

std::string_view word_of(MeasureUnit unit) {
  return std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& known) { return known.first == unit; })->second;
}

std::optional<MeasureUnit> unit_from_word(std::string_view word) {
  for (const auto& [unit, name] : kUnits) {
    if (name == word) return unit;
  }
  return std::nullopt;
}

std::optional<Better> better_from_word(std::string_view word) {
  for (const Better better : {Better::lower, Better::higher, Better::neither}) {
    if (name_of(better) == word) return better;
  }
  return std::nullopt;
}

std::string levels_text(std::span<const Level> levels) {
  Json json = Json::array();
  for (const Level& level : levels) json.push_back(Json::array({level.axis, level.value}));
  return text_of(json);
}

}  // namespace memsim
