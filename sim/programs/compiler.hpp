// The host's compiler, told where the headers and the runtime library of simulated programs lie.
#pragma once

#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>

namespace memsim {

// "walk.c", "ring.cpp".
[[nodiscard]] bool is_source(const std::string& name);

// The words of the command that compiles and links as `arguments` say: $CC, or $CXX where they name a C++ source, with
// what a simulated program needs. Errors: host_failed where memsim's own files are missing.
[[nodiscard]] HostResult<std::vector<std::string>> compiler_command(const std::vector<std::string>& arguments);

// Runs it, with the compiler's own messages on standard error. Errors: host_failed where there is no compiler,
// bad_input, with nothing to say, where it found faults.
[[nodiscard]] HostResult<void> run_compiler(const std::vector<std::string>& command);

}  // namespace memsim
