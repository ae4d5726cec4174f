// The option --jobs, of every subcommand that runs many scenarios.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include <memsim/base/host_error.hpp>

namespace memsim {

void add_jobs_option(CLI::App& subcommand, std::string& text);

// Errors: bad_input. Without the option, as many as the host has processors.
[[nodiscard]] HostResult<unsigned> jobs_of(const CLI::App& subcommand, const std::string& text);

}  // namespace memsim
