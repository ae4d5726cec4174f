#include "sim/reference/words.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include <memsim/base/errno.hpp>
#include <memsim/base/measure.hpp>
#include <memsim/engine/record.hpp>
#include <memsim/kernel/call_table.hpp>
#include <memsim/kernel/parameter_text.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/scenario/vocabulary.hpp>
#include <memsim/view/measure_family.hpp>

#include "sim/reference/errno_text.hpp"

namespace memsim {
namespace {

using Words = std::vector<Word>;

std::string better_text(Better better) {
  return better == Better::neither ? std::string("neither way is better")
                                   : fmt::format("{} is better", name_of(better));
}

void add_measures(Words& words) {
  for (const MeasureFamily& family : measure_families()) {
    words.push_back({std::string(family.name),
                     "measure of a run",
                     fmt::format("{}; in {}; {}", family.doc, name_of(family.unit), better_text(family.better)),
                     {}});
  }
  for (const SampledMeasureInfo& measure : sampled_measures()) {
    const bool is_of_all = is_of_objects(measure.scope);
    const char* order = is_by_order(measure.scope) ? "/orderK" : "";
    words.push_back({std::string(measure.name),
                     is_of_all ? "measure of the memory objects" : "measure of a region",
                     fmt::format("{}; in {}; {}", measure.doc, name_of(measure.unit), better_text(measure.better)),
                     {fmt::format("a column of series.csv, and over a run {}/{}{}/start, min, mean, max, end",
                                  is_of_all ? "objects" : "region/NAME", measure.name, order)}});
  }
}

std::string parameter_line(const Parameter& parameter) {
  const std::string given = parameter.required ? "required" : fmt::format("{} unless given", default_text(parameter));
  return fmt::format("{}: {} ({})", parameter.name, parameter.doc, given);
}

void add_calls(Words& words) {
  for (const CallSignature& call : call_table()) {
    Word word{std::string(call_name(call.call)), "call", std::string(call.doc), {}};
    for (const Parameter& parameter : call.parameters) word.lines.push_back(parameter_line(parameter));
    if (!call.value_doc.empty()) word.lines.push_back(fmt::format("gives {}", call.value_doc));
    if (!call.results.empty()) word.lines.push_back(fmt::format("and also {}", fmt::join(call.results, ", ")));
    words.push_back(std::move(word));
  }
}

// A flag with the calls that take it.
void add_flags(Words& words) {
  std::map<std::pair<std::string_view, Value>, std::string> users;
  for (const CallSignature& call : call_table()) {
    for (const Parameter& parameter : call.parameters) {
      for (const NamedValue& named : parameter.names) {
        std::string& user = users[{named.name, named.value}];
        user += fmt::format("{}{} of {}", user.empty() ? "" : ", ", parameter.name, call_name(call.call));
      }
    }
  }
  for (const auto& [flag, user] : users) {
    words.push_back({std::string(flag.first), "flag", fmt::format("{:#x}, in {}", flag.second, user), {}});
  }
}

void add_errnos(Words& words) {
  for (const ErrnoText& text : errno_texts()) {
    const std::optional<Errno> error = errno_from_name(text.name);
    if (!error) continue;
    words.push_back({std::string(text.name),
                     "errno",
                     fmt::format("{} in the modelled system: {}", static_cast<unsigned>(*error), text.text),
                     {}});
  }
}

void add_policies(Words& words) {
  for (const Policy& policy : policies()) {
    Word word{std::string(policy.name), "policy", std::string(policy.doc), {}};
    for (const PolicyOption& option : policy.options) {
      word.lines.push_back(fmt::format("{} = {}: {}", option.name, option.default_value, option.doc));
      words.push_back({std::string(option.name),
                       fmt::format("option of {}", policy.name),
                       std::string(option.doc),
                       {fmt::format("{} unless given", option.default_value)}});
    }
    words.push_back(std::move(word));
  }
}

void add_records(Words& words) {
#define MEMSIM_ADD_RECORD(Type)                                                            \
  {                                                                                        \
    Word word{std::string(Type::kName), "record", "a line of records.jsonl", {"fields:"}}; \
    Type{}.fields([&](std::string_view name, const auto&) {                                \
      word.lines.back() += ' ';                                                            \
      word.lines.back() += name;                                                           \
    });                                                                                    \
    words.push_back(std::move(word));                                                      \
  }
  MEMSIM_RECORDS(MEMSIM_ADD_RECORD)
#undef MEMSIM_ADD_RECORD
}

constexpr std::array kWarnings = std::to_array<std::array<std::string_view, 2>>({
    {"cut short", "a reply to _MEM_OBJ_INFO had no room for all segments; the warning says how many bytes would do"},
    {"deadlock", "a circle of threads in which each waits for the next, so that none can ever go on"},
    {"program fault", "a program did what none may, such as dividing by zero; its process ends there"},
    {"stopped by a cap", "the run reached one of `limits:`; the warning names the one to raise; exit code 3"},
    {"fingerprint", "a hash of all records: two runs with one fingerprint did the same, record by record"},
    {"unseed", "a last random number: equal ones mean that the runs drew equally often"},
});

}  // namespace

std::vector<Word> all_words() {
  Words words;
  add_measures(words);
  add_calls(words);
  add_flags(words);
  add_errnos(words);
  add_policies(words);
  for (FormatWord& word : scenario_vocabulary()) {
    words.push_back({std::move(word.name), std::move(word.kind), std::move(word.text), {}});
  }
  add_records(words);
  for (const auto& [name, text] : kWarnings) words.push_back({std::string(name), "in reports", std::string(text), {}});
  return words;
}

}  // namespace memsim
