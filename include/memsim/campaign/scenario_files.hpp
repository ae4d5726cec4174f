// Finding scenarios and baselines in files and folders, always in the same order.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>

namespace memsim {

// The scenarios that `paths` lead to: a file is one, whatever its name; of a folder, every file below it whose name
// ends in .yaml or .yml and that has a line beginning with "memsim:", in the order of their paths' bytes. Hidden files
// and folders are passed over, links to folders not followed. A file that several paths lead to comes once. Errors:
// host_failed where the host refuses; bad_input for a folder without a scenario, and for two scenarios whose baseline
// would be the same file.
[[nodiscard]] HostResult<std::vector<std::string>> find_scenarios(std::span<const std::string> paths);

// The baselines in the folders among `paths`, and those named themselves, that have no scenario beside them.
[[nodiscard]] HostResult<std::vector<std::string>> find_unreferenced_baselines(std::span<const std::string> paths);

}  // namespace memsim
