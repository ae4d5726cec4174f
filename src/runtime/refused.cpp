// The entries of what is not simulated, made from the table. Their callers know what such a call returns when it fails:
// -1, a null pointer, or an errno.
#include <cerrno>

#include "runtime/ask.hpp"

namespace {

using memsim::link::ProgramCall;

constexpr bool gives_pointer(ProgramCall call) {
  return call == ProgramCall::fopen || call == ProgramCall::freopen || call == ProgramCall::tmpfile ||
         call == ProgramCall::opendir || call == ProgramCall::getcwd || call == ProgramCall::popen ||
         call == ProgramCall::dlopen;
}
constexpr bool gives_errno(ProgramCall call) {
  return call == ProgramCall::pthread_create || call == ProgramCall::posix_spawn || call == ProgramCall::posix_spawnp;
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
#define MEMSIM_REFUSE_refused(name) \
  long name() { return refused(ProgramCall::name); }
#define MEMSIM_REFUSE_Lrefused(name) \
  long MEMSIM_WRAPPED(name)() { return refused(ProgramCall::name); }
#define MEMSIM_REFUSE(name, how, header, text) MEMSIM_REFUSE_##how(name)

extern "C" {
MEMSIM_PROGRAM_CALLS(MEMSIM_REFUSE)
}
