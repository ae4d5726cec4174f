#include "programs/child/lock_step.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace memsim::programs {
namespace {

// So long a question is worth waiting for without sleeping.
constexpr int kLooks = 600;
constexpr int kPollMilliseconds = 100;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Processor time that the process has used, in ticks of the host; 0 where the host does not tell.
std::uint64_t ticks_of(pid_t pid) {
  std::array<char, 1024> text{};
  const Descriptor file(::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t count = file.is_open() ? ::read(file.number(), text.data(), text.size()) : 0;
  std::string_view rest(text.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  // The name, in parentheses, may hold anything; user and system time are the 12th and 13th field behind it.
  rest.remove_prefix(std::min(rest.rfind(')') + 1, rest.size()));
  std::uint64_t sum = 0;
  for (int field = 1; !rest.empty() && field <= 13; ++field) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    std::uint64_t value = 0;
    if (field >= 12) std::from_chars(rest.data(), rest.data() + rest.size(), value);
    sum += value;
    rest.remove_prefix(std::min(rest.find(' '), rest.size()));
  }
  return sum;
}

bool look_for(const link::Slot& slot, std::uint32_t question) {
  for (int look = 0; look < kLooks; ++look) {
    if (slot.asked.load(std::memory_order_acquire) == question) return true;
    relax();
  }
  return false;
}

enum class Heard : std::uint8_t { wake, end, nonsense };

// What came over the socket.
Heard hear(int socket) {
  std::array<char, 64> bytes{};
  const ssize_t count = ::recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return Heard::end;
  const auto end = bytes.begin() + std::max<ssize_t>(count, 0);
  return std::all_of(bytes.begin(), end, [](char byte) { return byte == link::kWake; }) ? Heard::wake : Heard::nonsense;
}

}  // namespace

Stop LockStep::wait(Child& child) {
  link::Slot& slot = child.slot(lane_);
  const std::uint32_t awaited = ++number_;
  if (patience_.is_worth_a_look()) {
    const bool in_time = look_for(slot, awaited);
    patience_.looked(in_time);
    if (in_time) return Stop::asked;
  }
  const auto per_second = static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
  std::uint64_t began = 0;
  for (std::uint64_t polls = 0;; ++polls) {
    slot.simulator_sleeps.store(1);
    const std::uint32_t asked = slot.asked.load();
    if (asked == awaited) break;
    if (asked != awaited - 1) return Stop::nonsense;
    pollfd waited = {.fd = child.socket(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waited, 1, kPollMilliseconds);
    if (ready > 0) {
      const Heard heard = hear(child.socket());
      if (heard == Heard::end) return Stop::gone;
      if (heard == Heard::nonsense) return Stop::nonsense;
      continue;
    }
    const std::uint64_t used = ticks_of(child.pid());
    if (polls == 0 || began == 0) began = used;
    if (used - began > seconds_ * per_second || polls * kPollMilliseconds > seconds_ * 5000) return Stop::silent;
  }
  slot.simulator_sleeps.store(0, std::memory_order_relaxed);
  return Stop::asked;
}

void LockStep::answer(Child& child) const {
  child.follow_processor();
  link::Slot& slot = child.slot(lane_);
  slot.answered.store(number_);
  if (slot.program_sleeps.exchange(0) == 0) return;
  ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&slot.answered), FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

}  // namespace memsim::programs
