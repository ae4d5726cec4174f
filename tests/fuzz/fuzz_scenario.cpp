#include <cstdint>
#include <string>

#include <memsim/base/check.hpp>
#include <memsim/scenario/scenario.hpp>

#include "fuzz/targets.hpp"

namespace memsim::fuzz {
namespace {

LoadOptions fuzz_options() {
  LoadOptions options;
  options.caps.bytes = 1 << 16;
  options.caps.nodes = 5'000;
  options.caps.expanded_nodes = 20'000;
  options.files = FileAccess::refuse;
  return options;
}

void check_program(const Program& program) {
  MEMSIM_CHECK(!program.steps.empty() && program.steps.back().kind == Step::Kind::finish);
  for (const Step& step : program.steps) {
    MEMSIM_CHECK(step.target < program.steps.size());
    MEMSIM_CHECK(step.result == kNoSlot || step.result < program.slot_count);
    for (const Operand& operand : step.operands) {
      const auto index = static_cast<std::uint64_t>(operand.value);
      if (operand.kind == Operand::Kind::variable) MEMSIM_CHECK(index < program.slot_count);
      if (operand.kind == Operand::Kind::expression) MEMSIM_CHECK(index < program.expressions.size());
      if (operand.kind == Operand::Kind::draw) MEMSIM_CHECK(index < program.distributions.size());
      if (operand.kind == Operand::Kind::text) MEMSIM_CHECK(index < program.texts.size());
    }
  }
}

}  // namespace

void fuzz_scenario(std::string_view text) {
  const LoadOptions options = fuzz_options();
  const auto scenario = parse_scenario(text, "fuzz.yaml", options);
  if (!scenario) {
    const std::string rendered = render(scenario.error(), Colour::off);
    MEMSIM_CHECK(!scenario.error().empty() && !rendered.empty());
    MEMSIM_CHECK(rendered == render(parse_scenario(text, "fuzz.yaml", options).error(), Colour::off));
    for (const Diagnostic& diagnostic : scenario.error()) MEMSIM_CHECK(!diagnostic.message.empty());
    return;
  }
  for (const ProcessConfig& process : scenario->world.processes) {
    MEMSIM_CHECK(!process.threads.empty());
    for (const ThreadConfig& thread : process.threads) {
      MEMSIM_CHECK(thread.program != nullptr);
      check_program(*thread.program);
    }
  }
}

}  // namespace memsim::fuzz
