// MadeBy: what made a result, so that it can be made again; and how results say it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <memsim/base/units.hpp>

namespace memsim {

// A setting as a scenario writes it: "placement", "lifo".
struct SettingSummary {
  std::string name;
  std::string value;
};

// What all runs of one scenario have in common that one call of the program makes.
struct ScenarioOrigin {
  std::string version;                     // of memsim; empty where a record does not say
  std::optional<std::uint64_t> content;    // Scenario::content; nothing where only the records are known
  std::vector<SettingSummary> overridden;  // what was told beside the scenario, in that order
};

// And one run.
struct MadeBy : ScenarioOrigin {
  std::uint64_t seed = 0;
  std::string policy;
  // Those that differ from their defaults; all where records alone are known.
  std::vector<SettingSummary> policy_options;
  Bytes page_size;
  std::uint32_t cpus = 0;
};

// Escaped for a terminal, without a line break; empty where nothing is known or nothing was overridden:
// "memsim 0.1.0, scenario c025ffb1435445fc";
// "overridden: machine.cpus=2, until=1h";
// "memsim 0.1.0, scenario c025ffb1435445fc, seed 1, policy buddy with placement=lifo, pages of 4 KiB, 1 cpu".
[[nodiscard]] std::string origin_text(const ScenarioOrigin& origin);
[[nodiscard]] std::string overridden_text(const ScenarioOrigin& origin);
[[nodiscard]] std::string made_by_text(const MadeBy& made);

// All of it on one line, for the head of a CSV file: a last column that has this name and no values. A comment would
// stop every reader that was not told of comments. "memsim 0.1.0, ..., 1 cpu; overridden: machine.cpus=2".
[[nodiscard]] std::string csv_made_by(const std::string& made, const ScenarioOrigin& origin);

}  // namespace memsim
