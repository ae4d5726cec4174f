#include "programs/child/no_processes.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <iterator>

namespace memsim::programs {
namespace {

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#endif

constexpr unsigned kAllow = SECCOMP_RET_ALLOW;
constexpr unsigned refuse(int error) { return SECCOMP_RET_ERRNO | static_cast<unsigned>(error); }

constexpr sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<unsigned>(offset)};
}
constexpr sock_filter end_with(unsigned action) { return {BPF_RET | BPF_K, 0, 0, action}; }
// Each passes over the next step unless that holds.
constexpr sock_filter if_is(unsigned value) { return {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value}; }
constexpr sock_filter if_not(unsigned value) { return {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, value}; }
constexpr sock_filter if_from(unsigned value) { return {BPF_JMP | BPF_JGE | BPF_K, 0, 1, value}; }
constexpr sock_filter if_without(unsigned bit) { return {BPF_JMP | BPF_JSET | BPF_K, 1, 0, bit}; }

constexpr sock_filter kFilter[] = {
    load(offsetof(seccomp_data, arch)),
    if_not(kArchitecture),
    end_with(SECCOMP_RET_KILL_PROCESS),
    load(offsetof(seccomp_data, nr)),
#if defined(__x86_64__)
    if_from(0x4000'0000),  // the same calls under other numbers
    end_with(refuse(ENOSYS)),
    if_is(SYS_fork),
    end_with(refuse(EAGAIN)),
    if_is(SYS_vfork),
    end_with(refuse(EAGAIN)),
#endif
    // What it starts cannot be seen from here; C libraries do without it.
    if_is(SYS_clone3),
    end_with(refuse(ENOSYS)),
    if_not(SYS_clone),
    end_with(kAllow),
    load(offsetof(seccomp_data, args)),
    if_without(CLONE_THREAD),
    end_with(refuse(EAGAIN)),
    end_with(kAllow),
};

}  // namespace

bool forbid_processes() {
  sock_filter steps[std::size(kFilter)];
  for (std::size_t i = 0; i < std::size(kFilter); ++i) steps[i] = kFilter[i];
  const sock_fprog program = {std::size(kFilter), steps};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

}  // namespace memsim::programs
