// The wait-for graph: who cannot go on before whom, and which circles in it are deadlocks.
//
// A thread with several edges waits for *any* of their ends (any thread of a server may take its message). So a circle
// alone is no deadlock: it is one only when nobody who can still run is to be reached from it. A thread without edges
// is one that can run.
#pragma once

#include <span>
#include <vector>

#include <memsim/kernel/world.hpp>

namespace memsim {

// Every deadlock among `edges`: the largest sets of threads that reach each other, and no thread that can run. A thread
// that waits for itself is one. Threads that merely wait for a deadlock's members are not listed.
//
// Each deadlock lists its members once, beginning with the smallest, in the order of waiting (where the set is more
// than one circle: depth first, the smallest awaited thread first). Deadlocks are sorted by their first member. The
// order of `edges` and repetitions among them make no difference. O(n log n) in the edges. Fits DeadlockFinder.
[[nodiscard]] std::vector<std::vector<ThreadRef>> find_deadlocks(std::span<const WaitEdge> edges);

}  // namespace memsim
