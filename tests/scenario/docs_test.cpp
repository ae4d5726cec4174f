// docs/scenario.md says what the tables say, and its worked example loads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include <memsim/base/numbers.hpp>
#include <memsim/kernel/call_table.hpp>
#include <memsim/kernel/cost_names.hpp>
#include <memsim/kernel/parameter_text.hpp>

#include "scenario/expect/expect_format.hpp"
#include "scenario/expect/expect_words.hpp"
#include "scenario/format/format.hpp"
#include "scenario/program/program_compiler.hpp"
#include "scenario/program_text.hpp"

namespace memsim {
namespace {

using ::testing::HasSubstr;

std::string page() {
  std::ifstream file(MEMSIM_SOURCE_DIR "/docs/scenario.md", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string code(std::string_view text) { return '`' + std::string(text) + '`'; }

// The default, with what would end a cell of the table escaped.
std::string in_table(const Parameter& parameter) {
  std::string out;
  for (const char c : default_text(parameter)) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

TEST(ScenarioPage, TheWorkedExampleLoads) {
  const std::string text = page();
  const std::size_t first = text.find("```yaml\n") + 8;
  const Scenario scenario = testing::loaded(text.substr(first, text.find("```", first) - first));
  EXPECT_EQ(scenario.world.processes.size(), 2u);
}

TEST(ScenarioPage, EveryCallHasItsRow) {
  const std::string text = page();
  for (const CallSignature& call : call_table()) {
    std::string parameters;
    for (const Parameter& parameter : call.parameters) {
      if (!parameters.empty()) parameters += ", ";
      parameters +=
          parameter.required ? code(parameter.name) : '[' + code(parameter.name) + " = " + in_table(parameter) + ']';
    }
    std::string results;
    for (const std::string_view result : call.results) results += (results.empty() ? "" : ", ") + code(result);
    EXPECT_THAT(text, HasSubstr("| " + code(call_name(call.call)) + " | " + std::string(call.doc) + " | " +
                                (parameters.empty() ? "none" : parameters) + " | " + std::string(call.value_doc) +
                                " | " + results + " |"));
  }
}

TEST(ScenarioPage, EveryCostHasItsDefault) {
  const std::string text = page();
  const CostModel costs;
  for (const CostName& cost : kCostNames) {
    const std::string expected = code(cost.name) + ' ' + std::to_string((costs.*cost.member).count());
    // The list may break its lines anywhere.
    EXPECT_TRUE(text.find(expected) != std::string::npos ||
                text.find(code(cost.name) + '\n' + std::to_string((costs.*cost.member).count())) != std::string::npos)
        << expected;
  }
}

TEST(ScenarioPage, EveryFormOfAnExpectationIsNamedWithItsKeys) {
  const std::string text = page();
  const std::string section = text.substr(text.find("## Expectations"));
  for (const loader::ExpectForm& form : loader::expect_forms()) {
    EXPECT_THAT(section, HasSubstr('`' + std::string(form.name) + ": "));
    for (const loader::Key& key : form.group->keys) EXPECT_THAT(section, HasSubstr('`' + std::string(key.name)));
  }
  for (const std::string_view count : loader::count_names()) EXPECT_THAT(section, HasSubstr(code(count)));
  for (const std::string_view reason : loader::stop_reason_names()) EXPECT_THAT(section, HasSubstr(code(reason)));
}

TEST(ScenarioPage, EveryKeyAndWordIsNamed) {
  const std::string text = page();
  const auto expect_named = [&](std::string_view name) { EXPECT_THAT(text, HasSubstr(std::string(name))); };
  for (const loader::Group* group :
       {&loader::root_group(), &loader::machine_group(), &loader::region_group(), &loader::memory_manager_group(),
        &loader::semantics_group(), &loader::record_group(), &loader::probe_group(), &loader::limits_group(),
        &loader::process_group(), &loader::thread_group()}) {
    for (const loader::Key& key : group->keys) expect_named(key.name);
  }
  for (const loader::StepWord& word : loader::step_words()) expect_named('`' + std::string(word.name));
  for (const loader::AbilityName& ability : loader::ability_names()) expect_named(code(ability.name));
}

}  // namespace
}  // namespace memsim
