// Interrupts, timers, events for clients, and names.
#include <sys/dispatch.h>
#include <sys/neutrino.h>
#include <cerrno>
#include <cstdlib>
#include <ctime>

#include "runtime/link/ask.hpp"
#include "runtime/link/timeout.hpp"

namespace memsim::runtime {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr _Uint64t kLongest = _Uint64t{1} << 62;

int plain(const Question& question) { return static_cast<int>(returned(ask(question))); }
int refused(int error) { return static_cast<int>(failed(error)); }
std::int64_t value_of(const struct sigevent& event) { return number(event.sigev_value.sival_ptr); }
std::int64_t bounded(_Uint64t ns) { return static_cast<std::int64_t>(ns < kLongest ? ns : kLongest); }

int create_timer(ProgramCall call, clockid_t clock, const struct sigevent* notify) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return refused(EINVAL);
  if (notify == nullptr || notify->sigev_notify != SIGEV_PULSE) return refused(EINVAL);
  return plain(
      {.call = call, .arguments = {notify->sigev_coid, notify->sigev_code, value_of(*notify), notify->sigev_priority}});
}

timespec time_of(std::int64_t ns) { return {ns / kSecond, ns % kSecond}; }
bool is_time(const timespec& time) { return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < kSecond; }
std::int64_t ns_of(const timespec& time) {
  constexpr auto kLast = static_cast<std::int64_t>(kLongest);
  return time.tv_sec >= kLast / kSecond ? kLast : time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace
}  // namespace memsim::runtime

using namespace memsim::runtime;

extern "C" {

int MsgDeliverEvent(int rcvid, const struct sigevent* event) {
  if (event == nullptr) return refused(EFAULT);
  if (event->sigev_notify == SIGEV_NONE) return 0;
  if (event->sigev_notify != SIGEV_PULSE) return refused(EINVAL);
  return plain({.call = ProgramCall::MsgDeliverEvent,
                .arguments = {rcvid, event->sigev_coid, event->sigev_code, value_of(*event), event->sigev_priority}});
}

int InterruptAttachEvent(int intr, const struct sigevent* event, unsigned) {
  if (event == nullptr) return refused(EFAULT);
  if (event->sigev_notify == SIGEV_INTR) {
    return plain({.call = ProgramCall::InterruptAttachEvent, .arguments = {intr, -1, 0, 0, -1}});
  }
  if (event->sigev_notify != SIGEV_PULSE || event->sigev_coid < 0) return refused(EINVAL);
  return plain({.call = ProgramCall::InterruptAttachEvent,
                .arguments = {intr, event->sigev_coid, event->sigev_code, value_of(*event), event->sigev_priority}});
}
int InterruptAttachThread(int intr, unsigned) {
  return plain({.call = ProgramCall::InterruptAttachThread, .arguments = {intr}});
}
int InterruptDetach(int id) { return plain({.call = ProgramCall::InterruptDetach, .arguments = {id}}); }
int InterruptWait(int flags, const _Uint64t* timeout) {
  const std::int64_t armed = take_timeout(_NTO_TIMEOUT_INTR);
  if (flags != 0) return refused(EINVAL);
  return plain({.call = ProgramCall::InterruptWait, .arguments = {timeout != nullptr ? bounded(*timeout) : armed}});
}
int InterruptMask(int intr, int id) { return plain({.call = ProgramCall::InterruptMask, .arguments = {intr, id}}); }
int InterruptUnmask(int intr, int id) { return plain({.call = ProgramCall::InterruptUnmask, .arguments = {intr, id}}); }

int TimerCreate(clockid_t id, const struct sigevent* notify) {
  return create_timer(ProgramCall::TimerCreate, id, notify);
}
int TimerSettime(int id, int flags, const struct _itimer* itime, struct _itimer* previous) {
  if (itime == nullptr) return refused(EFAULT);
  const Result result = ask({.call = ProgramCall::TimerSettime,
                             .arguments = {id, flags, bounded(itime->nsec), bounded(itime->interval_nsec)}});
  if (result.error == 0 && previous != nullptr) {
    *previous = {static_cast<_Uint64t>(result.results[0]), static_cast<_Uint64t>(result.results[1])};
  }
  return static_cast<int>(returned(result));
}
int TimerDestroy(int id) { return plain({.call = ProgramCall::TimerDestroy, .arguments = {id}}); }

int MEMSIM_WRAPPED(timer_create)(clockid_t clock, struct sigevent* notify, timer_t* timer) {
  const int id = create_timer(ProgramCall::timer_create, clock, notify);
  if (id >= 0) *timer = reinterpret_cast<timer_t>(static_cast<std::intptr_t>(id));
  return id < 0 ? -1 : 0;
}
int MEMSIM_WRAPPED(timer_settime)(timer_t timer, int flags, const struct itimerspec* time, struct itimerspec* old) {
  if (!is_time(time->it_value) || !is_time(time->it_interval)) return refused(EINVAL);
  const Result result = ask({.call = ProgramCall::timer_settime,
                             .arguments = {number(timer), flags, ns_of(time->it_value), ns_of(time->it_interval)}});
  if (result.error == 0 && old != nullptr) *old = {time_of(result.results[1]), time_of(result.results[0])};
  return static_cast<int>(returned(result));
}
int MEMSIM_WRAPPED(timer_delete)(timer_t timer) {
  return plain({.call = ProgramCall::timer_delete, .arguments = {number(timer)}});
}

name_attach_t* name_attach(dispatch_t* dpp, const char* path, unsigned) {
  if (dpp != nullptr || path == nullptr) return failed(EINVAL), nullptr;
  auto* const attach = static_cast<name_attach_t*>(std::calloc(1, sizeof(name_attach_t)));
  if (attach == nullptr) return nullptr;
  attach->chid = plain({.call = ProgramCall::name_attach, .text = path});
  if (attach->chid >= 0) return attach;
  std::free(attach);
  return nullptr;
}
int name_detach(name_attach_t* attach, unsigned) {
  if (attach == nullptr) return refused(EINVAL);
  const int detached = plain({.call = ProgramCall::name_detach, .arguments = {attach->chid}});
  if (detached == 0) std::free(attach);
  return detached;
}
int name_open(const char* name, int) {
  if (name == nullptr) return refused(EINVAL);
  return plain({.call = ProgramCall::name_open, .text = name});
}
int name_close(int coid) { return plain({.call = ProgramCall::name_close, .arguments = {coid}}); }

}  // extern "C"
