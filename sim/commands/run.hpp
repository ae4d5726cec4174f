// Running scenarios: what `memsim run` does once its options are known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>

#include "sim/options/command.hpp"
#include "sim/options/load_options.hpp"
#include "sim/report/recording.hpp"

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
  bool explain = false;                  // why contiguous requests failed
  std::string report{};                  // a page of all runs goes there; empty: none
  std::string perfetto{};                // a trace for Perfetto goes there; of one scenario only
  std::string db{};                      // all runs go into that database
  bool only_report = false;              // nothing is printed, and folders may be among the files
  bool shows_output = false;             // of the programs of the host, as it comes
  std::uint64_t seeds = 0;               // so many runs of each, told together; 0: one run, told in full
  unsigned jobs = 1;                     // of these
  RecordingReport* recording = nullptr;  // told with the run's results, where given: of one scenario, run once
};

// The options that the commands share that run scenarios. `only`: a list, as given.
void add_run_options(Command& command, RunOptions& options, std::string& only);
// Reads them. Errors: bad_input.
[[nodiscard]] HostResult<void> finish_run_options(const Command& command, RunOptions& options, const std::string& only);

// All arguments of a command that makes runs as `memsim run` does, as they are given.
struct RunArguments {
  RunOptions run;
  LoadArguments load;
  std::string only;
  std::string seeds;
  std::string jobs;
};
void add_run_arguments(Command& command, RunArguments& arguments);
// Reads them into `run`. Errors: bad_input.
[[nodiscard]] HostResult<void> read_run_arguments(const Command& command, RunArguments& arguments);

// Runs one scenario. `name`: how the user calls it.
[[nodiscard]] ExitCode run_scenario(const std::string& name, const Scenario& scenario, const RunOptions& options);

// Runs every file in turn. The exit code is that of the first one that did not end well.
[[nodiscard]] ExitCode run_scenarios(const RunOptions& options);

}  // namespace memsim
