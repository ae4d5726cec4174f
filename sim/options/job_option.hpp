// The options --jobs and --seeds, of the commands that make many runs.
#pragma once

#include <cstdint>
#include <string>

#include "sim/options/command.hpp"

namespace memsim {

void add_jobs_option(Command& command, std::string& text);

// Errors: bad_input. Without the option, as many as the host has processors.
[[nodiscard]] HostResult<unsigned> jobs_of(const Command& command, const std::string& text);

// --seeds, where a command runs each scenario under several;
void add_seeds_option(Command& command, std::string& text);
// Errors: bad_input, naming the option. 0 where it was not given.
[[nodiscard]] HostResult<std::uint64_t> seeds_of(const Command& command, const std::string& text);

}  // namespace memsim
