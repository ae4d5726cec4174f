#include "runtime/link/start.hpp"

#include <linux/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "runtime/link/ask.hpp"
#include "runtime/link/host_call.hpp"
#include "runtime/threads/threads.hpp"

extern "C" int __real_sigaction(int signal, const struct sigaction* action, struct sigaction* old);

namespace memsim::runtime {
namespace {

void act_on(int signal, void (*action)(int, siginfo_t*, void*)) {
  struct sigaction how = {};
  how.sa_flags = SA_SIGINFO | SA_NODEFER;
  how.sa_sigaction = action;
  __real_sigaction(signal, &how, nullptr);
}

// A reference to memory that the simulation has mapped and that nothing is behind yet; or one that is wrong, which
// then happens again and has the usual end.
void on_fault(int signal, siginfo_t* info, void*) {
  const int before = errno;
  if (!may_be_mapped(info->si_addr) || !is_linked() ||
      !ask({.call = ProgramCall::fault, .arguments = {number(info->si_addr)}}).changed) {
    struct sigaction usual = {};
    usual.sa_handler = SIG_DFL;
    __real_sigaction(signal, &usual, nullptr);
  }
  errno = before;
}

void on_host_call(int, siginfo_t* info, void* context) {
  const int before = errno;
  if (is_linked()) static_cast<void>(ask({.call = ProgramCall::host_call, .arguments = {info->si_syscall}}));
  auto& machine = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  machine.gregs[REG_RAX] = -ENOSYS;
#else
  machine.regs[0] = static_cast<unsigned long>(-ENOSYS);
#endif
  errno = before;
}

// The library of C++ waits and starts threads too, and finds ours only if they are in the program.
[[gnu::used]] void (*const threads_are_here)() = expect_threads;

link::Slot* map_slot() {
  const long mapped = host_call(SYS_mmap, 0, link::kSlotBytes, PROT_READ | PROT_WRITE, MAP_SHARED, link::kSlot, 0);
  if (mapped < 0 && mapped > -4096) return nullptr;
  return reinterpret_cast<link::Slot*>(mapped);
}

// Before the constructors of the program.
[[gnu::constructor(101)]] void start() {
  link::Slot* slot = map_slot();
  if (slot == nullptr || slot->magic != link::kMagic) {
    give_up("this program is a process of a simulation; start it with memsim exec");
  }
  if (slot->version != link::kVersion) give_up("it was built by another version of memsim; build it again");
  use(*slot);
  act_on(SIGSEGV, on_fault);
  act_on(SIGBUS, on_fault);
  act_on(SIGSYS, on_host_call);
  // Lines are told when they are written, not when the program ends.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  confine();
  static_cast<void>(ask({.call = ProgramCall::begin}));
}

}  // namespace

void give_up(const char* why) {
  constexpr char kWho[] = "memsim: ";
  host_call(SYS_write, 2, as_long(kWho), sizeof kWho - 1);
  host_call(SYS_write, 2, as_long(why), static_cast<long>(std::strlen(why)));
  host_call(SYS_write, 2, as_long("\n"), 1);
  host_call(SYS_exit_group, 127);
  __builtin_trap();
}

}  // namespace memsim::runtime

// What `memsim cc` asks the linker for, so that this file is in every program.
extern "C" void memsim_program_start() {}
