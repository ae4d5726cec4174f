// Programs of the host as simulated processes.
//
// A program built with `memsim cc` is a process of the host that runs in lock step: at each simulated call it stands
// still, the simulator decides what happens and when, and answers. Exactly one runs at a time, in simulated order, and
// what it can learn of the host is as good as nothing, so that a run with programs is repeated exactly. Simulated time
// passes in simulated calls alone, and in what the scenario charges for computing; where it has that measured, a run is
// not repeated.
//
// Memory that programs map has contents: a sparse file in memory, by physical address, of which each mapping shows the
// very frames that the allocator chose. It is zero when it is handed out, and goes along when frames move.
//
// A program that crashes, ends, hangs, or breaks the link is a simulated process that ends, and a record says of what.
// When its simulated process ends, however that comes, the host's is killed and waited for; when memsim is killed, the
// host kills it.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include <memsim/base/units.hpp>
#include <memsim/kernel/caller_source.hpp>

namespace memsim {

// By a counter of the processor, outside the host's kernel. Errors: -errno; many virtual machines and sandboxes have
// none.
[[nodiscard]] int count_instructions_of_host(pid_t process);

// What a program may take of the host.
struct ProgramLimits {
  std::uint64_t seconds = 10;             // of processor time without a simulated call
  Bytes memory{std::uint64_t{1} << 30};   // of its own, besides what the simulation gives it
  Bytes output{std::uint64_t{64} << 20};  // of standard output and of standard error, each
  // Opens a file, each read() of which gives the instructions of a process so far, in 8 bytes; or gives -errno.
  int (*count_instructions)(pid_t process) = count_instructions_of_host;
};

// What makes callers of host programs: WorldConfig::caller_source. Such worlds cannot be copied while a program runs.
[[nodiscard]] CallerSourceFactory host_programs(const ProgramLimits& limits = {});

}  // namespace memsim
