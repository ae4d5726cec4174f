// The entries of what is not simulated, made from the table. Their callers know what such a call returns when it fails:
// -1, a null pointer, or an errno.
#include <cerrno>
#include <string_view>

#include "runtime/link/ask.hpp"

namespace {

using memsim::link::ProgramCall;

constexpr bool gives_pointer(ProgramCall call) {
  return call == ProgramCall::fopen || call == ProgramCall::freopen || call == ProgramCall::tmpfile ||
         call == ProgramCall::opendir || call == ProgramCall::getcwd || call == ProgramCall::popen ||
         call == ProgramCall::dlopen;
}
constexpr bool gives_errno(ProgramCall call) {
  const std::string_view name = memsim::link::kProgramCalls[static_cast<std::size_t>(call)].symbol;
  return name.substr(0, 8) == "pthread_" || name.substr(0, 11) == "posix_spawn";
}

long refused(ProgramCall call) {
  const long result = memsim::runtime::refuse(call);
  if (gives_pointer(call)) return 0;
  return gives_errno(call) ? errno : result;
}

}  // namespace

// An entry for each: its arguments stay where the caller put them.
#define MEMSIM_REFUSE_kernel(name)
#define MEMSIM_REFUSE_here(name)
#define MEMSIM_REFUSE_Lkernel(name)
#define MEMSIM_REFUSE_Lhere(name)
#define MEMSIM_REFUSE_refused(name)            \
  long memsim_refused_##name() __asm__(#name); \
  long memsim_refused_##name() { return refused(ProgramCall::name); }
#define MEMSIM_REFUSE_Lrefused(name) \
  long MEMSIM_WRAPPED(name)() { return refused(ProgramCall::name); }
#define MEMSIM_REFUSE(name, how, header, text) MEMSIM_REFUSE_##how(name)

extern "C" {
MEMSIM_PROGRAM_CALLS(MEMSIM_REFUSE)
}
