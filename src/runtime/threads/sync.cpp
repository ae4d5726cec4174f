// Mutexes, condition variables and semaphores. The simulation knows them by their addresses, and who waits for what;
// here is what it need not know: how often a recursive mutex is locked, and by whom it is for that.
#include "runtime/threads/sync.hpp"

#include <pthread.h>
#include <semaphore.h>
#include <sys/neutrino.h>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>

#include "runtime/link/ask.hpp"
#include "runtime/link/timeout.hpp"
#include "runtime/threads/threads.hpp"

namespace memsim::runtime {
namespace {

// Mutexes that main() owns while it is alone.
constexpr std::size_t kHeld = 64;
const volatile void* held[kHeld] = {};
std::size_t held_count = 0;

int hold(const volatile void* mutex) {
  for (std::size_t i = 0; i < held_count; ++i) {
    if (held[i] == mutex) return EDEADLK;
  }
  held[held_count++] = mutex;
  return 0;
}
int let_go(const volatile void* mutex) {
  for (std::size_t i = held_count; i-- > 0;) {
    if (held[i] != mutex) continue;
    held[i] = held[--held_count];
    return 0;
  }
  return EPERM;
}

// What the C library's initializers leave of its own structure: `kind`; the rest is 0, and ours.
struct Mutex {
  std::int64_t owner = 0;  // a tid
  std::uint32_t depth = 0;
  std::uint32_t unused = 0;
  int kind = 0;
};
static_assert(sizeof(Mutex) <= sizeof(pthread_mutex_t));

Mutex& own(pthread_mutex_t* mutex) { return *reinterpret_cast<Mutex*>(mutex); }
bool is_recursive(const Mutex& mutex) { return (mutex.kind & 3) == PTHREAD_MUTEX_RECURSIVE; }

int lock_pthread(pthread_mutex_t* given, std::int64_t timeout) {
  Mutex& mutex = own(given);
  if (mutex.owner == own_tid()) {
    if (!is_recursive(mutex)) return timeout == 0 ? ETIMEDOUT : EDEADLK;
    ++mutex.depth;
    return 0;
  }
  const int error = lock(given, timeout);
  if (error == 0) mutex.owner = own_tid(), mutex.depth = 1;
  return error;
}

// What is left until a simulated time.
std::int64_t until(const timespec& time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  constexpr std::int64_t kLast = (std::int64_t{1} << 62) / kSecond;
  const std::int64_t end = time.tv_sec >= kLast ? kLast * kSecond : time.tv_sec * kSecond + time.tv_nsec;
  const std::int64_t left = end - ask({.call = ProgramCall::clock_gettime}).value;
  return left > 0 ? left : 0;
}
bool is_time(const timespec& time) { return time.tv_nsec >= 0 && time.tv_nsec < 1'000'000'000; }

int wait(pthread_cond_t* condition, pthread_mutex_t* given, std::int64_t timeout) {
  expect_threads();
  Mutex& mutex = own(given);
  const Mutex before = mutex;
  // Whoever is next finds it so; this thread owns it again when the answer comes, however that turns out.
  if (mutex.owner == own_tid()) mutex.owner = 0;
  const Result result =
      ask({.call = ProgramCall::pthread_cond_wait, .arguments = {number(condition), number(given), timeout}});
  if (before.owner == own_tid()) mutex = before;
  return result.error;
}

int signal(ProgramCall call, pthread_cond_t* condition, bool all) {
  if (!has_threads()) return 0;
  return ask({.call = call, .arguments = {number(condition), all ? 1 : 0}}).error;
}

int wait(sem_t* semaphore, std::int64_t timeout) {
  return static_cast<int>(returned(ask({.call = ProgramCall::sem_wait, .arguments = {number(semaphore), timeout}})));
}
int wait_until(sem_t* semaphore, const timespec* time) {
  if (!is_time(*time)) return static_cast<int>(failed(EINVAL));
  return wait(semaphore, until(*time));
}

}  // namespace

int lock(const volatile void* mutex, std::int64_t timeout) {
  if (!has_threads() && held_count < kHeld) return hold(mutex);
  if (!is_linked()) return EAGAIN;
  expect_threads();
  return ask({.call = ProgramCall::pthread_mutex_lock, .arguments = {number(mutex), timeout}}).error;
}

int unlock(const volatile void* mutex) {
  if (!has_threads()) return let_go(mutex);
  return ask({.call = ProgramCall::pthread_mutex_unlock, .arguments = {number(mutex)}}).error;
}

void ask_for_held_mutexes() {
  for (std::size_t i = 0; i < held_count; ++i) static_cast<void>(lock(held[i]));
  held_count = 0;
}

}  // namespace memsim::runtime

using namespace memsim::runtime;

extern "C" {

int pthread_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) {
  int kind = PTHREAD_MUTEX_DEFAULT;
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (attributes != nullptr) {
    pthread_mutexattr_gettype(attributes, &kind);
    pthread_mutexattr_getpshared(attributes, &shared);
  }
  if (shared != PTHREAD_PROCESS_PRIVATE) return refuse(ProgramCall::pthread_mutex_init), errno;
  std::memset(mutex, 0, sizeof *mutex);
  own(mutex).kind = kind;
  return 0;
}
int pthread_mutex_destroy(pthread_mutex_t* mutex) { return own(mutex).owner != 0 ? EBUSY : 0; }
int pthread_mutex_lock(pthread_mutex_t* mutex) { return lock_pthread(mutex, take_timeout(_NTO_TIMEOUT_MUTEX)); }
int pthread_mutex_trylock(pthread_mutex_t* mutex) {
  const int error = lock_pthread(mutex, 0);
  return error == ETIMEDOUT ? EBUSY : error;
}
int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* time) {
  if (!is_time(*time)) return EINVAL;
  return lock_pthread(mutex, until(*time));
}
int pthread_mutex_unlock(pthread_mutex_t* given) {
  Mutex& mutex = own(given);
  if (mutex.owner != own_tid()) return EPERM;
  if (--mutex.depth > 0) return 0;
  mutex.owner = 0;
  return unlock(given);
}

int pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) {
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (attributes != nullptr) pthread_condattr_getpshared(attributes, &shared);
  if (shared != PTHREAD_PROCESS_PRIVATE) return refuse(ProgramCall::pthread_cond_init), errno;
  std::memset(condition, 0, sizeof *condition);
  return 0;
}
int pthread_cond_destroy(pthread_cond_t* condition) {
  if (!has_threads()) return 0;
  return ask({.call = ProgramCall::pthread_cond_destroy, .arguments = {number(condition)}}).error;
}
int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return wait(condition, mutex, take_timeout(_NTO_TIMEOUT_CONDVAR));
}
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* time) {
  return is_time(*time) ? wait(condition, mutex, until(*time)) : EINVAL;
}
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t, const timespec* time) {
  return pthread_cond_timedwait(condition, mutex, time);
}
int pthread_cond_signal(pthread_cond_t* condition) {
  return signal(ProgramCall::pthread_cond_signal, condition, false);
}
int pthread_cond_broadcast(pthread_cond_t* condition) {
  return signal(ProgramCall::pthread_cond_broadcast, condition, true);
}

int pthread_once(pthread_once_t* once, void (*make)()) {
  constexpr pthread_once_t kMade = 2;
  volatile pthread_once_t& state = *once;
  if (state == kMade) return 0;
  lock(once);
  if (state != kMade) {
    make();
    state = kMade;
  }
  unlock(once);
  return 0;
}

int sem_init(sem_t* semaphore, int shared, unsigned count) {
  return static_cast<int>(
      returned(ask({.call = ProgramCall::sem_init, .arguments = {number(semaphore), count, shared}})));
}
int sem_destroy(sem_t* semaphore) {
  return static_cast<int>(returned(ask({.call = ProgramCall::sem_destroy, .arguments = {number(semaphore)}})));
}
int sem_wait(sem_t* semaphore) { return wait(semaphore, take_timeout(_NTO_TIMEOUT_SEM)); }
int sem_trywait(sem_t* semaphore) {
  const int result = wait(semaphore, 0);
  if (result != 0 && errno == ETIMEDOUT) errno = EAGAIN;
  return result;
}
int sem_timedwait(sem_t* semaphore, const timespec* time) { return wait_until(semaphore, time); }
int sem_clockwait(sem_t* semaphore, clockid_t, const timespec* time) { return wait_until(semaphore, time); }
int sem_post(sem_t* semaphore) {
  return static_cast<int>(returned(ask({.call = ProgramCall::sem_post, .arguments = {number(semaphore)}})));
}

}  // extern "C"
