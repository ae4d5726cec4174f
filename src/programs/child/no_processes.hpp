#pragma once

namespace memsim::programs {

// Lets the calling process start no other from now on, whatever program it becomes; threads it may. False where the
// host has no such filter. Allocates nothing and may be called between vfork() and execve().
[[nodiscard]] bool forbid_processes();

}  // namespace memsim::programs
