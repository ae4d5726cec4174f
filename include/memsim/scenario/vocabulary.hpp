// The words of the scenario format with what they mean, for help: from the tables that the loader reads with.
#pragma once

#include <string>
#include <vector>

namespace memsim {

struct FormatWord {
  std::string kind;  // "cost", "key of machine", "step", "draw", "expectation"
  std::string name;
  std::string text;  // one line
};

// Keys of each group, costs, steps of programs, distributions and expectations, in the order of docs/scenario.md. A key
// that several groups have comes once for each of them. Calls are in call_table.hpp, policies in policy.hpp.
[[nodiscard]] std::vector<FormatWord> scenario_vocabulary();

}  // namespace memsim
