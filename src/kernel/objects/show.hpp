// What a process has mapped, page by page: see <memsim/kernel/shown_memory.hpp>.
#pragma once

#include <optional>

#include <memsim/kernel/shown_memory.hpp>

#include "kernel/objects/state.hpp"

namespace memsim::memmgr {

[[nodiscard]] ShownMemory show(const State& state, const ProcessState& process);
[[nodiscard]] std::optional<PhysAddr> page_to_copy(const State& state, const ProcessState& process, VirtAddr address);

}  // namespace memsim::memmgr
