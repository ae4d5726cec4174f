// What becomes different in the middle of a run: kernel/world_change.hpp, applied.
#pragma once

#include <memsim/base/host_error.hpp>
#include <memsim/kernel/world_change.hpp>

#include "kernel/tables/kernel.hpp"

namespace memsim::changes {

// At the horizon, up to which all has happened. Errors: as World::change(). Requires: nothing has stopped the run.
[[nodiscard]] HostResult<void> apply(Kernel& kernel, const WorldChange& change);

}  // namespace memsim::changes
