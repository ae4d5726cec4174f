// The commands that run scenarios and recordings. Each adds itself to the program, with its options and what it does.
#pragma once

#include "sim/options/command.hpp"

namespace memsim {

void add_run(Command& program);
void add_report(Command& program);
void add_check(Command& program);
void add_compare(Command& program);
void add_validate(Command& program);
void add_graph(Command& program);
void add_replay(Command& program);
void add_import(Command& program);

}  // namespace memsim
