#include <memsim/host/interrupt.hpp>

#include <signal.h>

#include <atomic>

namespace memsim::host {
namespace {

std::atomic<int> g_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not wait");

void remember(int signal) noexcept { g_signal.store(signal, std::memory_order_relaxed); }

}  // namespace

void catch_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    if (::sigaction(signal, nullptr, &old) != 0 || old.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = remember;
    // Reset: the second one finds the host's own action. Not restarted: who waits for a person or a process wakes up.
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    static_cast<void>(::sigaction(signal, &action, nullptr));
  }
}

bool is_interrupted() noexcept { return g_signal.load(std::memory_order_relaxed) != 0; }

int interrupting_signal() noexcept { return g_signal.load(std::memory_order_relaxed); }

}  // namespace memsim::host
