// Running scenarios: what `memsim run` does once its options are known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

struct RunOptions {
  std::vector<std::string> files;  // "-": standard input; with a report also folders that an earlier run wrote
  LoadOptions load;
  std::string out;                // empty: no files
  bool force = false;             // replace files of an earlier run
  bool records = false;           // records.jsonl too
  std::vector<std::string> only;  // files, of output_names(); empty: the usual ones
  bool json = false;
  bool quiet = false;
  bool explain = false;      // why contiguous requests failed
  std::string report{};      // a page of all runs goes there; empty: none
  bool only_report = false;  // nothing is printed, and folders may be among the files
};

// Runs every file in turn. The exit code is that of the first one that did not end well.
[[nodiscard]] ExitCode run_scenarios(const RunOptions& options);

}  // namespace memsim
