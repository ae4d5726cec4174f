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

// Whose a mutex is: no two threads of a simulation have the same.
std::int64_t this_thread() { return (own_pid() << 32) | own_tid(); }

// What the C library's initializers leave of its own structure: `kind`; the rest is 0, and ours.
struct Mutex {
  enum State : std::uint32_t {
    sound,
    in_doubt,  // its owner has ended; whoever has it now may say that it is sound
    lost,      // nobody said so
  };
  std::int64_t owner = 0;  // this_thread()
  std::uint32_t depth = 0;
  State state = sound;
  int kind = 0;  // PTHREAD_MUTEX_*, and
};
constexpr int kRobust = 0x10;
constexpr int kShared = 0x80;
static_assert(sizeof(Mutex) <= sizeof(pthread_mutex_t));

Mutex& own(pthread_mutex_t* mutex) { return *reinterpret_cast<Mutex*>(mutex); }
bool is_recursive(const Mutex& mutex) { return (mutex.kind & 3) == PTHREAD_MUTEX_RECURSIVE; }
Name name_of(pthread_mutex_t* mutex) {
  const int kind = own(mutex).kind;
  if ((kind & kShared) == 0) return {mutex};
  return {mutex, (kind & kRobust) != 0 ? 2 : 1};
}

// A condition variable, and a semaphore: the rest is ours.
struct Other {
  int shared = 0;
};
template <class T>
Other& own(T* object) {
  static_assert(sizeof(Other) <= sizeof(T));
  return *reinterpret_cast<Other*>(object);
}
template <class T>
Name name_of(T* object) {
  return {object, own(object).shared != 0 ? 1 : 0};
}

// What has come of asking for the mutex.
int took(pthread_mutex_t* given, std::uint32_t depth, int error) {
  Mutex& mutex = own(given);
  if (error == EOWNERDEAD) mutex.state = Mutex::in_doubt;
  mutex.owner = this_thread();
  mutex.depth = depth;
  if (mutex.state != Mutex::lost) return error;
  mutex.owner = 0;
  unlock(name_of(given));
  return ENOTRECOVERABLE;
}

int lock_pthread(pthread_mutex_t* given, std::int64_t timeout) {
  Mutex& mutex = own(given);
  if (mutex.owner == this_thread()) {
    if (!is_recursive(mutex)) return timeout == 0 ? ETIMEDOUT : EDEADLK;
    ++mutex.depth;
    return 0;
  }
  const int error = lock(name_of(given), timeout);
  return error == 0 || error == EOWNERDEAD ? took(given, 1, error) : error;
}

int wait(pthread_cond_t* condition, pthread_mutex_t* given, std::int64_t timeout) {
  Mutex& mutex = own(given);
  const std::uint32_t depth = mutex.depth;
  const bool is_owner = mutex.owner == this_thread();
  // Whoever is next finds it so; this thread owns it again when the answer comes, however that turns out.
  if (is_owner) mutex.owner = 0;
  const int error = wait_for(name_of(condition), name_of(given), timeout);
  return is_owner ? took(given, depth, error) : error;
}

int wait(sem_t* semaphore, std::int64_t timeout) {
  return static_cast<int>(returned(
      ask({.call = ProgramCall::sem_wait, .arguments = {number(semaphore), timeout, name_of(semaphore).shared}})));
}
int wait_until(sem_t* semaphore, const timespec* time) {
  if (!is_time(*time)) return static_cast<int>(failed(EINVAL));
  return wait(semaphore, until(*time));
}

}  // namespace

// What is left until a simulated time.
std::int64_t until(const timespec& time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  constexpr std::int64_t kLast = (std::int64_t{1} << 62) / kSecond;
  const std::int64_t end = time.tv_sec >= kLast ? kLast * kSecond : time.tv_sec * kSecond + time.tv_nsec;
  const std::int64_t left = end - ask({.call = ProgramCall::clock_gettime}).value;
  return left > 0 ? left : 0;
}
bool is_time(const timespec& time) { return time.tv_nsec >= 0 && time.tv_nsec < 1'000'000'000; }

int lock(Name mutex, std::int64_t timeout) {
  if (!has_threads() && mutex.shared == 0 && held_count < kHeld) return hold(mutex.address);
  if (!is_linked()) return EAGAIN;
  if (mutex.shared == 0) expect_threads();
  return ask({.call = ProgramCall::pthread_mutex_lock, .arguments = {number(mutex.address), timeout, mutex.shared}})
      .error;
}

int unlock(Name mutex) {
  if (!has_threads() && mutex.shared == 0) return let_go(mutex.address);
  return ask({.call = ProgramCall::pthread_mutex_unlock, .arguments = {number(mutex.address), mutex.shared}}).error;
}

int wait_for(Name condition, Name mutex, std::int64_t timeout) {
  if ((condition.shared == 0) != (mutex.shared == 0)) return EINVAL;
  if (mutex.shared == 0) expect_threads();
  return ask({.call = ProgramCall::pthread_cond_wait,
              .arguments = {number(condition.address), number(mutex.address), timeout, mutex.shared}})
      .error;
}

int signal(Name condition, bool all) {
  if (!has_threads() && condition.shared == 0) return 0;
  return ask({.call = ProgramCall::pthread_cond_signal,
              .arguments = {number(condition.address), all ? 1 : 0, condition.shared}})
      .error;
}

void ask_for_held_mutexes() {
  for (std::size_t i = 0; i < held_count; ++i) static_cast<void>(lock({held[i]}));
  held_count = 0;
}

}  // namespace memsim::runtime

using namespace memsim::runtime;

extern "C" {

int pthread_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) {
  int kind = PTHREAD_MUTEX_DEFAULT;
  int shared = PTHREAD_PROCESS_PRIVATE;
  int robust = PTHREAD_MUTEX_STALLED;
  if (attributes != nullptr) {
    pthread_mutexattr_gettype(attributes, &kind);
    pthread_mutexattr_getpshared(attributes, &shared);
    pthread_mutexattr_getrobust(attributes, &robust);
  }
  std::memset(mutex, 0, sizeof *mutex);
  own(mutex).kind =
      kind | (shared == PTHREAD_PROCESS_SHARED ? kShared : 0) | (robust == PTHREAD_MUTEX_ROBUST ? kRobust : 0);
  return 0;
}
int pthread_mutex_destroy(pthread_mutex_t* mutex) {
  const Name name = name_of(mutex);
  if (name.shared == 0) return own(mutex).owner != 0 ? EBUSY : 0;
  return ask({.call = ProgramCall::pthread_mutex_destroy, .arguments = {number(mutex), name.shared}}).error;
}
int pthread_mutex_consistent(pthread_mutex_t* given) {
  Mutex& mutex = own(given);
  if (mutex.owner != this_thread() || mutex.state != Mutex::in_doubt) return EINVAL;
  mutex.state = Mutex::sound;
  return 0;
}
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
  if (mutex.owner != this_thread()) return EPERM;
  if (--mutex.depth > 0) return 0;
  mutex.owner = 0;
  if (mutex.state == Mutex::in_doubt) mutex.state = Mutex::lost;
  return unlock(name_of(given));
}

int pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) {
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (attributes != nullptr) pthread_condattr_getpshared(attributes, &shared);
  std::memset(condition, 0, sizeof *condition);
  own(condition).shared = shared == PTHREAD_PROCESS_SHARED ? 1 : 0;
  return 0;
}
int pthread_cond_destroy(pthread_cond_t* condition) {
  const Name name = name_of(condition);
  if (!has_threads() && name.shared == 0) return 0;
  return ask({.call = ProgramCall::pthread_cond_destroy, .arguments = {number(condition), name.shared}}).error;
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
int pthread_cond_signal(pthread_cond_t* condition) { return signal(name_of(condition), false); }
int pthread_cond_broadcast(pthread_cond_t* condition) { return signal(name_of(condition), true); }

int pthread_once(pthread_once_t* once, void (*make)()) {
  constexpr pthread_once_t kMade = 2;
  volatile pthread_once_t& state = *once;
  if (state == kMade) return 0;
  lock({once});
  if (state != kMade) {
    make();
    state = kMade;
  }
  unlock({once});
  return 0;
}

int sem_init(sem_t* semaphore, int shared, unsigned count) {
  std::memset(semaphore, 0, sizeof *semaphore);
  own(semaphore).shared = shared != 0 ? 1 : 0;
  return static_cast<int>(returned(
      ask({.call = ProgramCall::sem_init, .arguments = {number(semaphore), count, name_of(semaphore).shared}})));
}
int sem_destroy(sem_t* semaphore) {
  return static_cast<int>(
      returned(ask({.call = ProgramCall::sem_destroy, .arguments = {number(semaphore), name_of(semaphore).shared}})));
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
  return static_cast<int>(
      returned(ask({.call = ProgramCall::sem_post, .arguments = {number(semaphore), name_of(semaphore).shared}})));
}

}  // extern "C"
