// Watching a run as it goes. The command adds itself to the program.
#pragma once

#include "sim/options/command.hpp"

namespace memsim {

void add_watch(Command& program);

}  // namespace memsim
