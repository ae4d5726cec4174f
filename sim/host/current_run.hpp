// Which run this thread is in, for the message of a failed check.
#pragma once

#include <string>

#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim {

// Runs the world to its end. Should a check of ours fail meanwhile, its message names the scenario, the seed and how
// far the run had come. A WorldRunner for campaigns.
StopReason run_world(const Scenario& scenario, World& world);

}  // namespace memsim
