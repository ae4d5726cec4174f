// The commands about programs of the host, each put into the program by its own file.
#pragma once

#include "sim/options/command.hpp"

namespace memsim {

void add_exec(Command& program);
void add_cc(Command& program);

}  // namespace memsim
