// MEMSIM_CHECK: an invariant of memsim itself. Always compiled in; a failure is a bug of ours.
//
// Three mechanisms that never mix: a simulated refusal is a SimResult (errno.hpp), a host failure is a HostResult
// (host_error.hpp), and a broken invariant stops the program here, with exit code 70 (EX_SOFTWARE).
#pragma once

namespace memsim {

// Prints the failed expression, its place and `why` on standard error, then the context set by set_check_context(), and
// ends the process with exit code 70. Never returns.
[[noreturn]] void check_failed(const char* expression, const char* file, int line, const char* why) noexcept;

// Called once by check_failed() to print where in the simulation we are (time, event, seed, scenario).
// It must not throw and must not allocate much. One hook for the process; nullptr removes it.
using CheckContext = void (*)() noexcept;
void set_check_context(CheckContext context) noexcept;

}  // namespace memsim

// Both forms evaluate the condition exactly once. The second names what must hold, for the reader of the message.
#define MEMSIM_CHECK(condition) MEMSIM_CHECK_THAT(condition, "")
#define MEMSIM_CHECK_THAT(condition, why) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::memsim::check_failed(#condition, __FILE__, __LINE__, why))
