// The commands that draw runs. Each adds itself to the program, with its options and what it does.
#pragma once

#include "sim/options/command.hpp"

namespace memsim {

void add_map(Command& program);
void add_plot(Command& program);

}  // namespace memsim
