// Independent tasks on several host threads. Worlds share nothing, so what a task computes does not depend on the
// number of threads; results go to a place of their own each, and are read in their order when all are done.
#pragma once

#include <cstddef>
#include <functional>

namespace memsim {

// Calls task(0) ... task(count - 1), each once, started in this order, at most `jobs` at a time. Returns when all have
// returned. With one job, or where the host gives no more threads, it runs on the caller's thread. A task may not throw
// anything but std::bad_alloc, which ends the program as it does elsewhere. Requires: jobs > 0.
void run_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& task);

// As many jobs as the host has processors.
[[nodiscard]] unsigned default_jobs();

}  // namespace memsim
