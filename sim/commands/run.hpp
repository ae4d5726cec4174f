// Running scenarios: what `memsim run` does once its options are known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

struct RunOptions {
  std::vector<std::string> files;  // "-": standard input
  LoadOptions load;
  std::string out;       // empty: no files
  bool force = false;    // replace files of an earlier run
  bool records = false;  // records.jsonl too
  bool json = false;
  bool quiet = false;
  bool explain = false;     // why contiguous requests failed
  std::uint64_t seeds = 0;  // so many runs of each, told together; 0: one run, told in full
  unsigned jobs = 1;        // of these
};

// Runs every file in turn. The exit code is that of the first one that did not end well.
[[nodiscard]] ExitCode run_scenarios(const RunOptions& options);

}  // namespace memsim
