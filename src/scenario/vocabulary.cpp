#include <memsim/scenario/vocabulary.hpp>

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/kernel/cost_names.hpp>

#include "scenario/expect/expect_format.hpp"
#include "scenario/format/format.hpp"
#include "scenario/program/draws.hpp"
#include "scenario/program/program_compiler.hpp"

namespace memsim {
namespace {

using namespace loader;

std::string text_of(const Key& key) {
  std::string text = key.required ? fmt::format("{}; required", key.doc) : std::string(key.doc);
  if (!key.choices.empty()) text += fmt::format(" ({})", fmt::join(key.choices, ", "));
  return text;
}

class Vocabulary {
 public:
  void add(std::string kind, std::string_view name, std::string text) {
    words_.push_back({std::move(kind), std::string(name), std::move(text)});
  }

  // The keys of a group, then those of the groups that they lead to. Groups that several keys lead to come once.
  void add_group(const Group& group) {
    if (!seen_.insert(group.name).second) return;
    // Costs have a default to show.
    if (&group == &costs_group()) return add_costs();
    for (const Key& key : group.keys) add(fmt::format("key of {}", group.what), key.name, text_of(key));
    for (const Key& key : group.keys) {
      if (key.group != nullptr) add_group(*key.group);
    }
  }

  [[nodiscard]] std::vector<FormatWord> take() && { return std::move(words_); }

 private:
  void add_costs() {
    const CostModel defaults;
    for (const CostName& cost : kCostNames) {
      add("cost", cost.name, fmt::format("{}; {} by default", cost.doc, format_duration_human(defaults.*cost.member)));
    }
  }

  std::vector<FormatWord> words_;
  std::set<std::string_view> seen_;
};

}  // namespace

std::vector<FormatWord> scenario_vocabulary() {
  Vocabulary words;
  words.add_group(root_group());
  for (const StepWord& step : step_words()) {
    words.add("step", step.name, std::string(step.doc));
    if (step.group != nullptr) words.add_group(*step.group);
  }
  for (const DrawWord& draw : draw_words()) {
    words.add("distribution", draw.name, std::string(draw.doc));
    if (draw.group != nullptr) words.add_group(*draw.group);
  }
  for (const ExpectForm& form : expect_forms()) {
    words.add("expectation", form.name, std::string(form.doc));
    words.add_group(*form.group);
  }
  return std::move(words).take();
}

}  // namespace memsim
