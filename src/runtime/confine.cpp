// The net below the wrapped calls: a filter of the host's system calls.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <cstddef>

#include "runtime/link/host_call.hpp"
#include "runtime/link/start.hpp"

namespace memsim::runtime {
namespace {

// What the C library needs for itself: its heap, its streams, its end.
constexpr long kAllowed[] = {
    SYS_read,        SYS_lseek,           SYS_fstat,
    SYS_mmap,        SYS_munmap,          SYS_mprotect,
    SYS_mremap,      SYS_madvise,         SYS_brk,
    SYS_futex,       SYS_rt_sigaction,    SYS_rt_sigreturn,
    SYS_sigaltstack, SYS_rt_sigprocmask,  SYS_sched_yield,
    SYS_exit,        SYS_exit_group,      SYS_getpid,
    SYS_gettid,      SYS_newfstatat,      SYS_restart_syscall,
    SYS_rseq,        SYS_set_robust_list, SYS_prlimit64,
};
constexpr std::size_t kAllowedCount = sizeof kAllowed / sizeof kAllowed[0];

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#endif

constexpr sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<unsigned>(offset)};
}
constexpr sock_filter skip_unless(long value, unsigned char count) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, count, static_cast<unsigned>(value)};
}
constexpr sock_filter skip_from(int value, unsigned char count) {
  return {BPF_JMP | BPF_JGE | BPF_K, count, 0, static_cast<unsigned>(value)};
}
constexpr sock_filter skip_without(int bit, unsigned char count) {
  return {BPF_JMP | BPF_JSET | BPF_K, 0, count, static_cast<unsigned>(bit)};
}
constexpr sock_filter end_with(unsigned action) { return {BPF_RET | BPF_K, 0, 0, action}; }

}  // namespace

void confine() {
  sock_filter filter[2 * kAllowedCount + 40];
  std::size_t size = 0;
  const auto add = [&](sock_filter step) { filter[size++] = step; };
  add(load(offsetof(seccomp_data, arch)));
  add({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kArchitecture});
  add(end_with(SECCOMP_RET_KILL_PROCESS));
  add(load(offsetof(seccomp_data, nr)));
  for (const long allowed : kAllowed) {
    add(skip_unless(allowed, 1));
    add(end_with(SECCOMP_RET_ALLOW));
  }
  // The heap's own, and a stream's question whether it is a terminal, fail without a word.
  for (const long silent : {long{SYS_getrandom}, long{SYS_ioctl}}) {
    add(skip_unless(silent, 1));
    add(end_with(SECCOMP_RET_ERRNO | 25));
  }
  // Its streams are a program's own, the link is not.
  for (const long writes : {long{SYS_write}, long{SYS_writev}}) {
    add(skip_unless(writes, 4));
    add(load(offsetof(seccomp_data, args)));
    add(skip_from(link::kMemory, 1));
    add(end_with(SECCOMP_RET_ALLOW));
    add(end_with(SECCOMP_RET_TRAP));
  }
  add(skip_unless(SYS_close, 5));
  add(load(offsetof(seccomp_data, args)));
  add(skip_from(link::kSlot + 1, 1));
  add(skip_from(link::kMemory, 1));
  add(end_with(SECCOMP_RET_ALLOW));
  add(end_with(SECCOMP_RET_TRAP));
  // Threads, and no processes. What the other call starts cannot be told; the C library then makes do with this one.
  add(skip_unless(SYS_clone3, 1));
  add(end_with(SECCOMP_RET_ERRNO | 38));
  add(skip_unless(SYS_clone, 4));
  add(load(offsetof(seccomp_data, args)));
  add(skip_without(CLONE_THREAD, 1));
  add(end_with(SECCOMP_RET_ALLOW));
  add(end_with(SECCOMP_RET_TRAP));
  // abort(), and no signal to anybody else.
  add(skip_unless(SYS_tgkill, 3));
  add(load(offsetof(seccomp_data, args)));
  add(skip_unless(host_call(SYS_getpid), 1));
  add(end_with(SECCOMP_RET_ALLOW));
  add(end_with(SECCOMP_RET_TRAP));
  const sock_fprog program = {static_cast<unsigned short>(size), filter};
  host_call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1);
  host_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, as_long(&program));
}

}  // namespace memsim::runtime
