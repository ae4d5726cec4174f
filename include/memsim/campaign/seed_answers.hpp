// What several runs of one scenario say together, their seeds apart: of each thing that was asked for, in how many of
// them it was refused and when first; which expectations fail, and under which seeds; how far each measure goes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <memsim/campaign/run_result.hpp>
#include <memsim/view/made_by.hpp>

namespace memsim {

// For people. Shares come with Wilson's interval of 95 %. `patterns` choose the measures of the table. Ends with a
// newline. Requires: at least one run, in the order of their seeds.
[[nodiscard]] std::string render_seeds_text(std::string_view heading, const ScenarioOrigin& origin,
                                            std::span<const RunResult> runs, std::span<const std::string> patterns);

// A JSON object with every run and all its measures. Ends with a newline. Requires: likewise.
[[nodiscard]] std::string render_seeds_json(std::string_view scenario, const ScenarioOrigin& origin,
                                            std::span<const RunResult> runs);

// 1 where an expectation of any run fails.
[[nodiscard]] ExitCode exit_code(std::span<const RunResult> runs);

}  // namespace memsim
