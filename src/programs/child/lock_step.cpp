#include "programs/child/lock_step.hpp"

#include <fcntl.h>
#include <linux/futex.h>
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

// How often to look at a program that says nothing: often, as long as it has not said who is to be told of its end.
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kLook = 100'000'000;
constexpr std::uint64_t kFirstLooks = 1'000'000;

long wait_on(const std::atomic<std::uint32_t>& word, std::uint32_t seen, std::uint64_t nanoseconds) {
  const timespec time = {0, static_cast<long>(nanoseconds)};
  return ::syscall(SYS_futex, &word, FUTEX_WAIT, seen, &time, nullptr, 0);
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

}  // namespace

Stop LockStep::wait(Child& child) {
  const link::Slot& slot = child.slot(lane_);
  const auto per_second = static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
  std::uint64_t began = UINT64_MAX;
  std::uint64_t waited = 0;
  while (true) {
    const std::uint32_t turn = slot.turn.load();
    if (turn == link::kSimulatorsTurn) return Stop::asked;
    if ((turn & link::kProgramsTurn) == 0) return Stop::nonsense;
    if ((turn & link::kDiedInTurn) != 0) return Stop::gone;
    const std::uint64_t time = (turn & link::kThreadOfTurn) != 0 ? kLook : kFirstLooks;
    const bool is_quiet = wait_on(slot.turn, turn, time) != 0 && errno == ETIMEDOUT;
    // Being woken for nothing has to end too.
    waited += is_quiet ? time : kFirstLooks;
    if (!is_quiet && waited % kLook != 0) continue;
    if (child.has_ended()) return Stop::gone;
    const std::uint64_t used = ticks_of(child.pid());
    began = std::min(began, used);
    if (used - began > seconds_ * per_second || waited / kSecond > 5 * seconds_) return Stop::silent;
  }
}

void LockStep::answer(Child& child) const {
  child.follow_processor();
  link::Slot& slot = child.slot(lane_);
  slot.turn.store(link::kProgramsTurn | (slot.host_thread & link::kThreadOfTurn));
  ::syscall(SYS_futex, &slot.turn, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

}  // namespace memsim::programs
