// Reads the program's arguments by the commands that it knows.
#pragma once

#include "sim/options/command.hpp"

namespace memsim {

// Understands the arguments, then does what they ask. Wrong ones are reported with the nearest right one.
[[nodiscard]] ExitCode run_command_line(Command& program, int argc, const char* const* argv);

// An error that names the nearest command of `program`.
[[nodiscard]] Unexpected<HostError> unknown_command(const Command& program, const std::string& name);

}  // namespace memsim
