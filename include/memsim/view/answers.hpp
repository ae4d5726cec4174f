// What a person asked the run for, answered in sentences: was what was asked for granted, when was it first refused,
// what was the worst moment and how bad. Text for people and JSON begin with them.
#pragma once

#include <string>
#include <vector>

#include <memsim/view/summary.hpp>

namespace memsim {

// A sentence each, the most important first; never empty. Names are as in the summary: escape for a terminal.
[[nodiscard]] std::vector<std::string> answers(const Summary& summary);

}  // namespace memsim
