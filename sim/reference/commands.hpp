// The commands that tell what memsim knows: its tables, its own help and documentation. Each adds itself to the
// program.
#pragma once

#include "sim/options/command.hpp"

namespace memsim {

void add_policies(Command& program);
void add_calls(Command& program);
void add_measures(Command& program);
void add_explain(Command& program);
void add_new(Command& program);
void add_schema(Command& program);
void add_help(Command& program);
// For the build and for packagers.
void add_docs(Command& program);

}  // namespace memsim
