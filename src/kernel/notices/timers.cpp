#include "kernel/notices/timers.hpp"

#include <algorithm>

#include <memsim/base/qnx.hpp>

#include "kernel/notices/notices.hpp"

namespace memsim::notices::timers {
namespace {

void stop(Kernel& kernel, Timer& timer) {
  if (!timer.event.is_null()) kernel.events.cancel(timer.event);
  timer.event = EventHandle{};
}

void start(Kernel& kernel, ProcessSlot process, std::size_t id) {
  Timer& timer = kernel.process(process).timers[id];
  timer.event = kernel.events.schedule(
      timer.due,
      {.kind = KernelEvent::Kind::process_timer, .index = process.value(), .instance = static_cast<std::uint32_t>(id)});
}

// The timer that the call names, or null.
Timer* named(Kernel& kernel, ThreadSlot slot) {
  std::vector<Timer>& timers = kernel.process_of(slot).timers;
  const Value id = kernel.thread(slot).ask.arguments[TimerArgs::id];
  if (id < 0 || static_cast<std::size_t>(id) >= timers.size()) return nullptr;
  Timer& timer = timers[static_cast<std::size_t>(id)];
  return timer.exists ? &timer : nullptr;
}

}  // namespace

SimResult<Value> create(Kernel& kernel, ThreadSlot slot) {
  const SimResult<Notice> notice = read_notice(kernel, slot, TimerCreateArgs::event);
  if (!notice) return refused(notice.error());
  std::vector<Timer>& timers = kernel.process_of(slot).timers;
  auto place = std::find_if(timers.begin(), timers.end(), [](const Timer& timer) { return !timer.exists; });
  if (place == timers.end()) {
    if (timers.size() == kMost) return refused(Errno::eagain);
    place = timers.emplace(place);
  }
  *place = {.exists = true, .notice = *notice};
  return Value{place - timers.begin()};
}

SimResult<Setting> set(Kernel& kernel, ThreadSlot slot) {
  Timer* timer = named(kernel, slot);
  const CallArguments& given = kernel.thread(slot).ask.arguments;
  const Value time = given[TimerArgs::time];
  const Value interval = given[TimerArgs::interval];
  const Value flags = given[TimerArgs::flags];
  if (timer == nullptr || time < 0 || interval < 0 || (flags & ~qnx::kTimerAbsolute) != 0) {
    return refused(Errno::einval);
  }
  Setting before;
  if (!timer->event.is_null()) before = {timer->due - kernel.now(), timer->interval};
  stop(kernel, *timer);
  timer->interval = SimDuration(static_cast<std::uint64_t>(interval));
  if (time == 0) return before;
  const SimDuration given_time(static_cast<std::uint64_t>(time));
  timer->due = flags == 0 ? saturating_add(kernel.now(), given_time)
                          : std::max(kernel.now(), saturating_add(SimTime(), given_time));
  start(kernel, kernel.thread(slot).process, static_cast<std::size_t>(given[TimerArgs::id]));
  return before;
}

SimResult<void> destroy(Kernel& kernel, ThreadSlot slot) {
  Timer* timer = named(kernel, slot);
  if (timer == nullptr) return refused(Errno::einval);
  stop(kernel, *timer);
  *timer = {};
  return {};
}

void expire(Kernel& kernel, ProcessSlot process, std::uint32_t id) {
  Timer& timer = kernel.process(process).timers[id];
  timer.event = EventHandle{};
  const Notice notice = timer.notice;
  if (!timer.interval.is_zero()) {
    timer.due = saturating_add(timer.due, timer.interval);
    start(kernel, process, id);
  }
  static_cast<void>(send(kernel, kernel.process(process).pid, notice));
}

void stop_all(Kernel& kernel, ProcessSlot process) {
  for (Timer& timer : kernel.process(process).timers) stop(kernel, timer);
  kernel.process(process).timers.clear();
}

}  // namespace memsim::notices::timers
