// Time, sleeping, and timeouts: all of the simulation.
#include "runtime/link/timeout.hpp"

#include <sys/neutrino.h>
#include <sys/syspage.h>
#include <sys/time.h>
#include <cerrno>
#include <ctime>

#include "runtime/link/ask.hpp"

namespace memsim::runtime {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Of this thread.
thread_local int timeout_states = 0;
thread_local std::int64_t timeout = -1;

std::int64_t now(ProgramCall call) { return ask({.call = call}).value; }
timespec time_of(std::int64_t ns) { return {ns / kSecond, ns % kSecond}; }
bool is_time(const timespec& time) { return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < kSecond; }
std::int64_t ns_of(const timespec& time) {
  constexpr std::int64_t kLongest = std::int64_t{1} << 62;
  return time.tv_sec >= kLongest / kSecond ? kLongest : time.tv_sec * kSecond + time.tv_nsec;
}
void sleep_ns(ProgramCall call, std::int64_t ns) { static_cast<void>(ask({.call = call, .arguments = {ns}})); }

}  // namespace

std::int64_t take_timeout(int states) {
  const std::int64_t taken = (timeout_states & states) != 0 ? timeout : -1;
  timeout_states = 0;
  return taken;
}

}  // namespace memsim::runtime

using namespace memsim::runtime;

extern "C" {

int TimerTimeout(clockid_t, int flags, const struct sigevent*, const _Uint64t* ntime, _Uint64t* otime) {
  constexpr _Uint64t kLongest = _Uint64t{1} << 62;
  timeout_states = flags;
  timeout = ntime == nullptr ? 0 : static_cast<std::int64_t>(*ntime < kLongest ? *ntime : kLongest);
  if (otime != nullptr) *otime = 0;
  return 0;
}

int ClockTime(clockid_t, const _Uint64t* change, _Uint64t* old) {
  if (change != nullptr) return static_cast<int>(failed(EPERM));
  const std::int64_t time = now(ProgramCall::ClockTime);
  if (old != nullptr) *old = static_cast<_Uint64t>(time);
  return 0;
}
_Uint64t ClockCycles() { return static_cast<_Uint64t>(now(ProgramCall::ClockCycles)); }
const struct qtime_entry* __memsim_qtime() {
  static const struct qtime_entry entry = {static_cast<_Uint64t>(kSecond)};
  return &entry;
}

int MEMSIM_WRAPPED(clock_gettime)(clockid_t, timespec* time) {
  *time = time_of(now(ProgramCall::clock_gettime));
  return 0;
}
int MEMSIM_WRAPPED(gettimeofday)(timeval* time, void*) {
  const std::int64_t ns = now(ProgramCall::gettimeofday);
  if (time != nullptr) *time = {ns / kSecond, ns % kSecond / 1000};
  return 0;
}
time_t MEMSIM_WRAPPED(time)(time_t* time) {
  const time_t seconds = now(ProgramCall::time) / kSecond;
  if (time != nullptr) *time = seconds;
  return seconds;
}
clock_t MEMSIM_WRAPPED(clock)() { return now(ProgramCall::clock) / 1000; }

unsigned delay(unsigned milliseconds) {
  sleep_ns(ProgramCall::delay, std::int64_t{milliseconds} * 1'000'000);
  return 0;
}
unsigned MEMSIM_WRAPPED(sleep)(unsigned seconds) {
  sleep_ns(ProgramCall::sleep, std::int64_t{seconds} * kSecond);
  return 0;
}
int MEMSIM_WRAPPED(usleep)(unsigned microseconds) {
  sleep_ns(ProgramCall::usleep, std::int64_t{microseconds} * 1000);
  return 0;
}
int MEMSIM_WRAPPED(nanosleep)(const timespec* request, timespec* left) {
  if (!is_time(*request)) return static_cast<int>(failed(EINVAL));
  sleep_ns(ProgramCall::nanosleep, ns_of(*request));
  if (left != nullptr) *left = {0, 0};
  return 0;
}
int MEMSIM_WRAPPED(clock_nanosleep)(clockid_t, int flags, const timespec* request, timespec*) {
  if (!is_time(*request)) return EINVAL;
  std::int64_t ns = ns_of(*request);
  if ((flags & TIMER_ABSTIME) != 0) ns -= now(ProgramCall::clock_gettime);
  if (ns > 0) sleep_ns(ProgramCall::clock_nanosleep, ns);
  return 0;
}

}  // extern "C"
