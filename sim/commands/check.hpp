// Checking scenarios: what `memsim check` does once its options are known.
#pragma once

#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/check.hpp>

namespace memsim {

// What becomes of baselines that the runs do not match, and of those that are missing.
enum class Baselines : std::uint8_t {
  keep,
  update,  // written anew
  review,  // shown one by one; the answers are read from standard input
};

struct CheckCommand {
  std::vector<std::string> paths;  // files and folders
  CheckOptions check;
  Baselines baselines = Baselines::keep;
  std::vector<std::string> accept;  // only these scenarios, by path, file name or name; with Baselines::update
  unsigned jobs = 1;
  std::string junit;  // a file for JUnit's XML; empty: none
  bool annotations = false;
  bool json = false;
  bool quiet = false;
  // The exit code is 0 where all is well, 1 where a scenario was judged and failed, and 125, which git takes for
  // "cannot be tested", where none was judged so but some could not be judged.
  bool bisect = false;
};

// Checks everything and reports it. The exit code is the highest of the scenarios'.
[[nodiscard]] ExitCode check_scenarios(const CheckCommand& command);

// Prints the baselines that belong to no scenario, one a line. The exit code is 1 where there are any.
[[nodiscard]] ExitCode print_unreferenced_baselines(const std::vector<std::string>& paths);

}  // namespace memsim
