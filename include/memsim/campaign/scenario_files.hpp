// Finding scenarios and baselines in files and folders, always in the same order.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>

namespace memsim {

struct FoundScenarios {
  std::vector<std::string> scenarios;
  // Below the folders, what is YAML by its name and says in no way that it is a scenario: told, lest one whose first
  // key is misspelt is missed by nobody.
  std::vector<std::string> passed_over;
};

// The scenarios that `paths` lead to: a file is one, whatever its name; of a folder, every file below it whose name
// ends in .yaml or .yml, in whatever case, and that claims_to_be_scenario(), in the order of their paths' bytes. Hidden
// files and folders are passed over in silence, links to folders not followed. A file that several paths lead to comes
// once. Errors: host_failed where the host refuses; bad_input for a folder without a scenario, and for two scenarios
// whose baseline would be the same file.
[[nodiscard]] HostResult<FoundScenarios> find_scenarios(std::span<const std::string> paths);

// "passed over, for want of a key 'memsim': a.yaml, b.yaml and 3 more"; empty where nothing was.
[[nodiscard]] std::string passed_over_text(const FoundScenarios& found);

// The baselines in the folders among `paths`, and those named themselves, that have no scenario beside them.
[[nodiscard]] HostResult<std::vector<std::string>> find_unreferenced_baselines(std::span<const std::string> paths);

}  // namespace memsim
