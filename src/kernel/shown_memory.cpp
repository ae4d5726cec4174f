#include <memsim/kernel/shown_memory.hpp>

#include "kernel/tables/kernel.hpp"

namespace memsim {

ShownMemory shown_memory(const Turn& turn) { return turn.kernel->memory.show(turn.kernel->pid_of(turn.thread)); }

std::uint64_t memory_change_count(const Turn& turn) { return turn.kernel->memory.change_count(); }

std::optional<PhysAddr> page_to_copy(const Turn& turn, VirtAddr address) {
  return turn.kernel->memory.page_to_copy(turn.kernel->pid_of(turn.thread), address);
}

}  // namespace memsim
