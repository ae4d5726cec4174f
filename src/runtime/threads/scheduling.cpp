// Priorities of threads, and giving way.
#include <pthread.h>
#include <sched.h>
#include <sys/neutrino.h>
#include <cerrno>

#include "runtime/link/ask.hpp"

namespace memsim::runtime {
namespace {

// As the simulated call has it; `kept` stays as it is, `none` is not simulated.
constexpr std::int64_t kKept = -1;
constexpr std::int64_t kNone = -2;
std::int64_t simulated(int policy) {
  if (policy == SCHED_FIFO) return 0;
  return policy == SCHED_RR || policy == SCHED_OTHER ? 1 : kNone;
}

// Gives an errno.
int set(std::int64_t tid, std::int64_t policy, int priority) {
  return ask({.call = ProgramCall::SchedSet, .arguments = {tid, priority, policy}}).error;
}
int get(std::int64_t tid, int& policy, sched_param& parameters) {
  const Result result = ask({.call = ProgramCall::SchedGet, .arguments = {tid}});
  if (result.error != 0) return result.error;
  policy = result.value == 0 ? SCHED_FIFO : SCHED_RR;
  parameters.sched_priority = static_cast<int>(result.results[0]);
  return 0;
}
bool is_own(pid_t pid) { return pid == 0 || pid == own_pid(); }
std::int64_t tid_of(pthread_t thread) { return static_cast<std::int64_t>(thread); }

}  // namespace
}  // namespace memsim::runtime

using namespace memsim::runtime;

extern "C" {

int pthread_setschedparam(pthread_t thread, int policy, const sched_param* parameters) {
  return set(tid_of(thread), simulated(policy), parameters->sched_priority);
}
int pthread_setschedprio(pthread_t thread, int priority) { return set(tid_of(thread), kKept, priority); }
int pthread_getschedparam(pthread_t thread, int* policy, sched_param* parameters) {
  return get(tid_of(thread), *policy, *parameters);
}
int SchedSet(pid_t pid, int tid, int algorithm, const sched_param* param) {
  const int error = is_own(pid) ? set(tid, simulated(algorithm), param->sched_priority) : EPERM;
  return static_cast<int>(error != 0 ? failed(error) : 0);
}
int SchedGet(pid_t pid, int tid, sched_param* param) {
  int policy = 0;
  const int error = is_own(pid) ? get(tid, policy, *param) : EPERM;
  return static_cast<int>(error != 0 ? failed(error) : policy);
}
int SchedYield() { return static_cast<int>(returned(ask({.call = ProgramCall::SchedYield}))); }
int MEMSIM_WRAPPED(sched_yield)() { return SchedYield(); }

// Every program may do what these ask for, and nobody sees a name.
int ThreadCtl(int command, void*) {
  if (command == _NTO_TCTL_IO || command == _NTO_TCTL_IO_PRIV || command == _NTO_TCTL_NAME) return 0;
  return static_cast<int>(refuse(ProgramCall::ThreadCtl));
}
int pthread_setname_np(pthread_t, const char*) { return 0; }

}  // extern "C"
