// The option --jobs, of every command that runs many scenarios.
#pragma once

#include <string>

#include "sim/options/command.hpp"

namespace memsim {

void add_jobs_option(Command& command, std::string& text);

// Errors: bad_input. Without the option, as many as the host has processors.
[[nodiscard]] HostResult<unsigned> jobs_of(const Command& command, const std::string& text);

}  // namespace memsim
