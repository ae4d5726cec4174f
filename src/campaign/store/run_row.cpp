#include "campaign/store/run_row.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include <memsim/base/json.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kNull = "null";
constexpr std::string_view kNoTexts = "[]";

std::string text_of(const Json& json) { return json_text(json); }

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || text.size() != 16) return std::nullopt;
  return value;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// [["a","b"],...]
std::optional<Pairs> pairs_of(const Json& json) {
  if (!json.is_array()) return std::nullopt;
  Pairs pairs;
  for (const Json& pair : json) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) return std::nullopt;
    pairs.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
  }
  return pairs;
}

std::optional<StopReason> end_from_word(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(kLastStopReason); ++i) {
    if (name_of(static_cast<StopReason>(i)) == word) return static_cast<StopReason>(i);
  }
  return std::nullopt;
}

// Whole numbers, and null where a moment never came, as JSON has them: by hand, as a row has hundreds.
void append_values(std::string& out, std::span<const Measure> measures) {
  constexpr std::size_t kDigitsMax = 20;
  std::array<char, kDigitsMax> digits{};
  out += '[';
  for (const Measure& measure : measures) {
    if (out.size() > 1) out += ',';
    if (measure.value == kNeverMeasured) {
      out += kNull;
    } else {
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), measure.value);
      out.append(digits.data(), end.ptr);
    }
  }
  out += ']';
}

// Of exactly `count` values; nothing where the text is another.
std::optional<std::vector<std::int64_t>> read_values(std::string_view text, std::size_t count) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  const char* at = text.data() + 1;
  const char* const end = text.data() + text.size() - 1;
  std::vector<std::int64_t> values;
  values.reserve(std::min(count, text.size()));
  while (at != end) {
    if (!values.empty() && *at++ != ',') return std::nullopt;
    std::int64_t value = kNeverMeasured;
    if (*at == kNull.front() && std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(kNull)) {
      at += kNull.size();
    } else {
      const auto read = std::from_chars(at, end, value);
      if (read.ec != std::errc()) return std::nullopt;
      at = read.ptr;
    }
    values.push_back(value);
  }
  return values.size() == count ? std::optional(std::move(values)) : std::nullopt;
}

// What a character is in a text of values: by a table, as a merge looks at each.
enum CharacterClass : std::uint8_t { kInValue = 0, kComma = 1, kForeign = 2 };
constexpr std::array<std::uint8_t, 256> kCharacterClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  classes.fill(kForeign);
  for (const char c : std::string_view("0123456789-nul")) classes[static_cast<unsigned char>(c)] = kInValue;
  classes[','] = kComma;
  return classes;
}();

// How many values read_values() would find, if it finds any; nothing where it would surely find none.
std::optional<std::size_t> count_values(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  if (text.size() == 2) return 0;
  std::size_t commas = 0;
  unsigned seen = 0;
  for (const char c : text.substr(1, text.size() - 2)) {
    const unsigned kind = kCharacterClasses[static_cast<unsigned char>(c)];
    commas += kind & kComma;
    seen |= kind;
  }
  return (seen & kForeign) == 0 ? std::optional(commas + 1) : std::nullopt;
}

bool read_texts(const std::string& written, std::vector<std::string>& texts) {
  if (written == kNoTexts) return true;
  const Json json = parse_json(written);
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
  append_values(row.measures, run.measures);
  return row;
}

namespace {

// All but the measures.
std::optional<StoredRun> head_of(const RunRow& row) {
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
  return read_texts(row.failed, run.failed) ? std::optional(std::move(run)) : std::nullopt;
}

}  // namespace

std::optional<StoredRun> run_of(const RunRow& row, std::shared_ptr<const MeasureLayout> layout) {
  std::optional<StoredRun> run = head_of(row);
  auto values = read_values(row.measures, layout->kinds.size());
  if (!run || !values) return std::nullopt;
  run->values = std::move(*values);
  run->layout = std::move(layout);
  return run;
}

bool is_likely_row(const RunRow& row, const MeasureLayout& layout) {
  return head_of(row).has_value() && count_values(row.measures) == layout.kinds.size();
}

std::string levels_text(std::span<const Level> levels) {
  Json json = Json::array();
  for (const Level& level : levels) json.push_back(Json::array({level.axis, level.value}));
  return text_of(json);
}

std::optional<std::vector<Level>> levels_from_text(const std::string& text) {
  const auto pairs = pairs_of(parse_json(text));
  if (!pairs) return std::nullopt;
  std::vector<Level> levels;
  for (const auto& [axis, value] : *pairs) levels.push_back({axis, value});
  return levels;
}

std::string about_text(const SweptScenario& about) {
  Json overridden = Json::array();
  for (const auto& [path, value] : about.overridden) overridden.push_back(Json::array({path, value}));
  return text_of({{"title", about.title},
                  {"content", about.content ? Json(fingerprint_text(*about.content)) : Json()},
                  {"overridden", std::move(overridden)},
                  {"probes", about.probes}});
}

SweptScenario about_from_text(const std::string& text) {
  SweptScenario about;
  const Json json = parse_json(text);
  if (!json.is_object()) return about;
  const auto member = [&](const char* name) { return json.contains(name) ? json.at(name) : Json(); };
  if (const Json title = member("title"); title.is_string()) about.title = title.get<std::string>();
  if (const Json content = member("content"); content.is_string())
    about.content = hexadecimal(content.get<std::string>());
  about.overridden = pairs_of(member("overridden")).value_or(Pairs());
  const Json probes = member("probes");
  for (const auto& [name, asked] : probes.items()) {
    if (probes.is_object() && asked.is_string()) about.probes[name] = asked.get<std::string>();
  }
  return about;
}

}  // namespace memsim
