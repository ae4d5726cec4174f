// `memsim measures` and `memsim explain`: what words mean.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include <nlohmann/json.hpp>

#include <memsim/base/json.hpp>
#include <memsim/base/measure.hpp>
#include <memsim/view/measure_family.hpp>

#include "sim/host/console.hpp"
#include "sim/options/help.hpp"
#include "sim/options/value_types.hpp"
#include "sim/reference/commands.hpp"
#include "sim/reference/words.hpp"

namespace memsim {
namespace {

// Measures of a run and of memory, told apart by nothing but their names.
std::vector<MeasureFamily> all_families(std::vector<std::string>& names) {
  std::vector<MeasureFamily> families(measure_families().begin(), measure_families().end());
  names.reserve(sampled_measures().size());  // the families point to them
  for (const SampledMeasureInfo& measure : sampled_measures()) {
    const char* order = !is_by_order(measure.scope)                      ? ""
                        : measure.scope == MeasureScope::order_of_region ? "/orderK"
                                                                         : "/K";
    names.push_back(
        fmt::format("{}/{}{}/OF", is_of_objects(measure.scope) ? "objects" : "region/NAME", measure.name, order));
    families.push_back({names.back(), measure.unit, measure.better, measure.doc});
  }
  return families;
}

// A pattern with * and ?, or a part of the name.
bool matches(std::string_view name, const std::string& pattern) {
  if (pattern.find_first_of("*?") == std::string::npos) return name.find(pattern) != std::string_view::npos;
  return ::fnmatch(pattern.c_str(), std::string(name).c_str(), 0) == 0;
}

ExitCode print_measures(const std::string& pattern, bool is_json) {
  std::vector<std::string> names;
  std::vector<MeasureFamily> families = all_families(names);
  std::erase_if(families, [&](const MeasureFamily& family) { return !matches(family.name, pattern); });
  if (families.empty()) {
    return report(host_failure(ExitCode::bad_input,
                               fmt::format("no measure matches '{}'", escaped_for_terminal(pattern)),
                               "memsim measures lists all")
                      .error());
  }
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  std::string text;
  for (const MeasureFamily& family : families) {
    json.push_back({{"name", family.name},
                    {"unit", name_of(family.unit)},
                    {"better", name_of(family.better)},
                    {"doc", family.doc}});
    text += fmt::format("{}\n", family.name);
    text +=
        wrapped("    ", fmt::format("{}; in {}; better: {}", family.doc, name_of(family.unit), name_of(family.better)),
                4, help_columns());
  }
  if (is_json) return print_or_report(json_text(json, JsonLayout::indented) + "\n");
  return print_or_report(text + "\nIn capitals: a name or a number. OF: start, min, mean, max or end of the run.\n");
}

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// The word itself, its last part (p99 of latency_ns/CALL/priority_P/p99), or a run's own measure.
bool is_meant(const Word& word, const std::string& wanted) {
  if (folded(word.name) == folded(wanted)) return true;
  if (word.kind != "measure of a run") return false;
  return is_of_family(wanted, {word.name, MeasureUnit::count, Better::neither, {}});
}

std::string text_of(const Word& word) {
  std::string out = wrapped("", fmt::format("{} ({}): {}", word.name, word.kind, word.text), 0, help_columns());
  for (const std::string& line : word.lines) out += wrapped("    ", line, 4, help_columns());
  return out;
}

// What a long name is a measure of: region/ram/free_blocks/order3/mean is free_blocks.
std::string measure_within(const std::string& wanted) {
  if (!wanted.starts_with("region/") && !wanted.starts_with("objects/")) return wanted;
  for (const SampledMeasureInfo& measure : sampled_measures()) {
    if (wanted.find(fmt::format("/{}/", measure.name)) != std::string::npos) return std::string(measure.name);
  }
  return wanted;
}

ExitCode explain(const std::string& given) {
  const std::string wanted = measure_within(given);
  const std::vector<Word> words = all_words();
  std::string text;
  for (const Word& word : words) {
    if (is_meant(word, wanted)) text += text_of(word);
  }
  if (!text.empty()) return print_or_report(text);
  std::vector<std::string_view> names;
  for (const Word& word : words) names.push_back(word.name);
  const std::string_view nearest = nearest_name(wanted, names);
  return report(host_failure(ExitCode::bad_input, fmt::format("'{}' means nothing here", escaped_for_terminal(given)),
                             nearest.empty() ? std::string("memsim measures, calls and policies list what does")
                                             : fmt::format("did you mean '{}'?", nearest))
                    .error());
}

std::vector<std::string> explained_words() {
  std::vector<std::string> names;
  for (const Word& word : all_words()) {
    const bool is_one_word = word.name.find(' ') == std::string::npos;
    if (is_one_word && std::find(names.begin(), names.end(), word.name) == names.end()) names.push_back(word.name);
  }
  return names;
}

}  // namespace

void add_measures(Command& program) {
  Command& sub = program.add_command("measures", "List what is measured of a run.",
                                     "  memsim measures\n"
                                     "  memsim measures fragmentation\n"
                                     "  memsim measures 'latency_ns/*/p99'\n");
  struct Arguments {
    std::string pattern;
    bool json = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  sub.add_argument("PATTERN", arguments->pattern, kMeasureType, "A part of the name, or a pattern with * and ?");
  sub.let_arguments_be_absent();
  sub.add_flag("--json", arguments->json, "Print as JSON");
  sub.set_action([arguments] { return print_measures(arguments->pattern, arguments->json); });
}

void add_explain(Command& program) {
  Command& sub = program.add_command("explain", "Say what a measure, call, flag, errno, cost, key or policy is.",
                                     "  memsim explain unusable_index_permille\n"
                                     "  memsim explain SHMCTL_PHYS\n"
                                     "  memsim explain ENODEV\n"
                                     "  memsim explain segment_walk\n");
  const auto word = std::make_shared<std::string>();
  sub.add_argument("WORD", *word, {"WORD", ValueType::Offer::words, explained_words}, "The word");
  sub.set_action([word] { return explain(*word); });
}

}  // namespace memsim
