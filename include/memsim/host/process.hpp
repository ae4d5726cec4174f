// Running another program to its end, within limits: nothing that it does may keep us waiting for ever or fill the
// disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/host/temporary_folder.hpp>

namespace memsim::host {

struct ProcessLimits {
  std::chrono::milliseconds time{10'000};              // of the host's clock
  std::uint64_t file_bytes = std::uint64_t{16} << 20;  // of each file that it writes, what it prints included
};

// How a process ended, and the first bytes of what it said.
struct ProcessEnd {
  int exit_code = 0;   // where no signal ended it
  int signal = 0;      // that ended it; 0: none
  std::string output;  // the first 4 KiB of each
  std::string errors;
};

// Starts words[0] without a shell, as $PATH leads to it, with nothing on its standard input and its output going to
// files in `folder`, and waits for its end. At the end of its time, and when we are interrupted, it is killed with all
// that it started. Errors: host_failed, naming the program, where it cannot be started, takes too long, or a file of
// its own grows too large; interrupted.
[[nodiscard]] HostResult<ProcessEnd> run_process(std::vector<std::string> words, const TemporaryFolder& folder,
                                                 const ProcessLimits& limits);

}  // namespace memsim::host
