// The commands that make many runs of one scenario: over a design, in shards, and from a moment on.
#pragma once

#include "sim/options/command.hpp"

namespace memsim {

void add_sweep(Command& program);
// The same, made by several processes. Requires: `crew` outlives the command.
class SweepCrew;
void add_sweep_of(Command& program, SweepCrew& crew);
void add_merge(Command& program);
void add_branch(Command& program);
void add_when(Command& program);
void add_shrink(Command& program);
void add_attack(Command& program);

}  // namespace memsim
