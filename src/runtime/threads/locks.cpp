// Read-write locks, barriers and spin locks, built on mutexes and condition variables of the simulation. What the C
// library's initializers leave of its structures is 0, and all of them is ours.
#include <pthread.h>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "runtime/link/ask.hpp"
#include "runtime/threads/sync.hpp"

namespace memsim::runtime {
namespace {

// The addresses of its members are what the simulation knows its mutex and its two condition variables by.
struct RwLock {
  std::int64_t writer = 0;  // pid and tid
  std::uint32_t readers = 0;
  std::uint32_t waiting_writers = 0;
  std::uint32_t shared = 0;

  [[nodiscard]] Name guard() const { return {&writer, shared}; }
  [[nodiscard]] Name for_readers() const { return {&readers, shared}; }
  [[nodiscard]] Name for_writers() const { return {&waiting_writers, shared}; }
};
static_assert(sizeof(RwLock) <= sizeof(pthread_rwlock_t));

struct Barrier {
  std::uint32_t count = 0;
  std::uint32_t arrived = 0;
  std::uint32_t round = 0;
  std::uint32_t shared = 0;

  [[nodiscard]] Name guard() const { return {&count, shared}; }
  [[nodiscard]] Name next_round() const { return {&round, shared}; }
};
static_assert(sizeof(Barrier) <= sizeof(pthread_barrier_t));

RwLock& own(pthread_rwlock_t* lock) { return *reinterpret_cast<RwLock*>(lock); }
Barrier& own(pthread_barrier_t* barrier) { return *reinterpret_cast<Barrier*>(barrier); }

std::int64_t this_thread() { return (own_pid() << 32) | own_tid(); }

// How long a call waits: for ever, not at all, or until a simulated time.
class Limit {
 public:
  Limit() = default;
  explicit Limit(const timespec* end) : end_(end), is_given_(true) {}
  static Limit at_once() { return Limit(nullptr); }

  [[nodiscard]] bool is_valid() const { return end_ == nullptr || is_time(*end_); }
  int wait(Name condition, Name mutex) const {
    if (!is_given_) return wait_for(condition, mutex);
    if (end_ == nullptr) return EBUSY;
    return wait_for(condition, mutex, until(*end_));
  }

 private:
  const timespec* end_ = nullptr;
  bool is_given_ = false;
};

// Readers wait behind a writer that waits, so that it is its turn some day.
int read_lock(RwLock& lock_, const Limit& limit) {
  if (!limit.is_valid()) return EINVAL;
  lock(lock_.guard());
  int error = lock_.writer == this_thread() ? EDEADLK : 0;
  while (error == 0 && (lock_.writer != 0 || lock_.waiting_writers > 0)) {
    error = limit.wait(lock_.for_readers(), lock_.guard());
  }
  if (error == 0) ++lock_.readers;
  unlock(lock_.guard());
  return error;
}

int write_lock(RwLock& lock_, const Limit& limit) {
  if (!limit.is_valid()) return EINVAL;
  lock(lock_.guard());
  int error = lock_.writer == this_thread() ? EDEADLK : 0;
  ++lock_.waiting_writers;
  while (error == 0 && (lock_.writer != 0 || lock_.readers > 0)) {
    error = limit.wait(lock_.for_writers(), lock_.guard());
  }
  --lock_.waiting_writers;
  if (error == 0) lock_.writer = this_thread();
  if (error != 0 && lock_.waiting_writers == 0) signal(lock_.for_readers(), true);
  unlock(lock_.guard());
  return error;
}

int release(RwLock& lock_) {
  lock(lock_.guard());
  int error = 0;
  if (lock_.writer == this_thread()) {
    lock_.writer = 0;
  } else if (lock_.readers > 0) {
    --lock_.readers;
  } else {
    error = EPERM;
  }
  if (lock_.waiting_writers == 0) {
    signal(lock_.for_readers(), true);
  } else if (lock_.readers == 0) {
    signal(lock_.for_writers(), false);
  }
  unlock(lock_.guard());
  return error;
}

int busy_for(int error) { return error == ETIMEDOUT || error == EDEADLK ? EBUSY : error; }

}  // namespace
}  // namespace memsim::runtime

using namespace memsim::runtime;

extern "C" {

int pthread_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attributes) {
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (attributes != nullptr) pthread_rwlockattr_getpshared(attributes, &shared);
  std::memset(lock, 0, sizeof *lock);
  own(lock).shared = shared == PTHREAD_PROCESS_SHARED ? 1 : 0;
  return 0;
}
int pthread_rwlock_destroy(pthread_rwlock_t* lock) {
  return own(lock).writer != 0 || own(lock).readers > 0 || own(lock).waiting_writers > 0 ? EBUSY : 0;
}
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) { return read_lock(own(lock), {}); }
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) { return busy_for(read_lock(own(lock), Limit::at_once())); }
int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* time) {
  return read_lock(own(lock), Limit(time));
}
int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t, const timespec* time) {
  return read_lock(own(lock), Limit(time));
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) { return write_lock(own(lock), {}); }
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) { return busy_for(write_lock(own(lock), Limit::at_once())); }
int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* time) {
  return write_lock(own(lock), Limit(time));
}
int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t, const timespec* time) {
  return write_lock(own(lock), Limit(time));
}
int pthread_rwlock_unlock(pthread_rwlock_t* lock) { return release(own(lock)); }

int pthread_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t* attributes, unsigned count) {
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (count == 0) return EINVAL;
  if (attributes != nullptr) pthread_barrierattr_getpshared(attributes, &shared);
  std::memset(barrier, 0, sizeof *barrier);
  own(barrier).count = count;
  own(barrier).shared = shared == PTHREAD_PROCESS_SHARED ? 1 : 0;
  return 0;
}
int pthread_barrier_destroy(pthread_barrier_t* barrier) { return own(barrier).arrived > 0 ? EBUSY : 0; }
int pthread_barrier_wait(pthread_barrier_t* given) {
  Barrier& barrier = own(given);
  lock(barrier.guard());
  const std::uint32_t round = barrier.round;
  const bool is_last = ++barrier.arrived == barrier.count;
  if (is_last) {
    barrier.arrived = 0;
    ++barrier.round;
    signal(barrier.next_round(), true);
  }
  while (barrier.round == round) wait_for(barrier.next_round(), barrier.guard());
  unlock(barrier.guard());
  return is_last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

// Whoever spins waits, as for a mutex: nothing else runs while a program loops.
int pthread_spin_init(pthread_spinlock_t* lock, int shared) {
  *lock = shared == PTHREAD_PROCESS_SHARED ? 1 : 0;
  return 0;
}
int pthread_spin_destroy(pthread_spinlock_t*) { return 0; }
int pthread_spin_lock(pthread_spinlock_t* spin) { return lock({spin, *spin != 0 ? 1 : 0}); }
int pthread_spin_trylock(pthread_spinlock_t* spin) { return busy_for(lock({spin, *spin != 0 ? 1 : 0}, 0)); }
int pthread_spin_unlock(pthread_spinlock_t* spin) { return unlock({spin, *spin != 0 ? 1 : 0}); }

}  // extern "C"
