// Runs scenarios with programs that were built beside this test.
#pragma once

#include <memsim/programs/programs.hpp>

#include <string>
#include <string_view>

#include "support/scenario_run.hpp"

namespace memsim::test {

inline LoadOptions with_programs(const ProgramLimits& limits = {}) {
  LoadOptions options;
  options.host_programs = HostPrograms::start;
  options.caller_source = host_programs(limits);
  return options;
}

inline WorldConfig load_with_programs(std::string_view text, const ProgramLimits& limits = {}) {
  HostResult<Scenario> scenario = parse_scenario(text, MEMSIM_PROGRAM_DIR "/test.yaml", with_programs(limits));
  if (!scenario) {
    ADD_FAILURE() << render(scenario.error(), Colour::off);
    return {};
  }
  return std::move(*scenario).world;
}

inline Outcome run_programs(std::string_view processes, const ProgramLimits& limits = {}) {
  return run_config(load_with_programs(std::string(kFreeMachine) + std::string(processes), limits));
}

// One process, "actor", that plays an act of acts.c.
inline Outcome play(std::string_view act, const ProgramLimits& limits = {}) {
  return run_programs("  - {name: actor, program: {run: ./acts, args: [" + std::string(act) + "]}}\n", limits);
}

}  // namespace memsim::test
