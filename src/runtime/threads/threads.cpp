#include "runtime/threads/threads.hpp"

#include <dlfcn.h>
#include <linux/futex.h>
#include <linux/mman.h>
#include <malloc.h>
#include <semaphore.h>
#include <sys/neutrino.h>
#include <sys/syscall.h>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "runtime/link/ask.hpp"
#include "runtime/link/host_call.hpp"
#include "runtime/link/start.hpp"
#include "runtime/link/timeout.hpp"

namespace memsim::runtime {
namespace {

// A thread beside main(), until it was joined, or has ended when it is detached.
struct Thread {
  Thread* next = nullptr;
  std::int64_t tid = 0;
  pthread_t host{};
  std::uint32_t lane = 0;
  void* (*start)(void*) = nullptr;
  void* argument = nullptr;
  void* value = nullptr;
  int rounds = 0;  // of destructors of thread-specific data
  bool is_detached = false;
  bool is_gone = false;      // from the host
  bool is_unwanted = false;  // the simulation has none for it
};

// Of all of these only the thread that runs makes use.
bool are_expected = false;
Thread* threads = nullptr;
int alive = 0;
bool is_main_gone = false;
Thread* leaving = nullptr;  // has said its last word
link::Slot* lanes[link::kLanes] = {};
bool is_taken[link::kLanes] = {true};
pthread_key_t last_key;
thread_local Thread* self = nullptr;

int (*host_create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) = nullptr;
int (*host_join)(pthread_t, void**) = nullptr;

// What the host gives by itself depends on the host.
constexpr std::size_t kStackBytes = std::size_t{1} << 20;

void forget(Thread* thread) {
  for (Thread** place = &threads; *place != nullptr; place = &(*place)->next) {
    if (*place != thread) continue;
    *place = thread->next;
    break;
  }
  std::free(thread);
}

Thread* find(std::int64_t tid) {
  Thread* thread = threads;
  while (thread != nullptr && thread->tid != tid) thread = thread->next;
  return thread;
}

// Behind all other destructors of the thread: they have had their rounds.
void say_last_word(void* given) {
  auto* thread = static_cast<Thread*>(given);
  if (++thread->rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
    pthread_setspecific(last_key, thread);
    return;
  }
  if (--alive == 0 && is_main_gone) std::exit(0);
  leaving = thread;
  tell(ProgramCall::thread_end);
}

// Waits until a thread that has said its last word is gone from the host, so that nothing that it still does there
// happens beside the thread that runs now.
void see_off() {
  if (leaving == nullptr) return;
  Thread* thread = leaving;
  leaving = nullptr;
  host_join(thread->host, nullptr);
  is_taken[thread->lane] = false;
  thread->is_gone = true;
  if (thread->is_detached) forget(thread);
}

void* run(void* given) {
  self = static_cast<Thread*>(given);
  use(*lanes[self->lane]);
  static_cast<void>(ask({.call = ProgramCall::begin}));
  if (self->is_unwanted) return nullptr;
  self->tid = own_tid();
  pthread_setspecific(last_key, self);
  self->value = self->start(self->argument);
  return self->value;
}

// Errors: -errno.
long map_lane(std::uint32_t lane) {
  if (lanes[lane] != nullptr) return 0;
  const long mapped = host_call(SYS_mmap, 0, link::kSlotBytes, PROT_READ | PROT_WRITE, MAP_SHARED, link::kSlot,
                                static_cast<long>(lane * link::kSlotBytes));
  if (mapped < 0 && mapped > -4096) return mapped;
  lanes[lane] = reinterpret_cast<link::Slot*>(mapped);
  return 0;
}

std::uint32_t free_lane() {
  std::uint32_t lane = 0;
  while (lane < link::kLanes && is_taken[lane]) ++lane;
  return lane;
}

// What the attributes say that the simulation has to know.
struct Wanted {
  std::int64_t priority = -1;  // -1: as the thread that asks
  std::int64_t policy = -1;    // likewise
  bool is_detached = false;
  std::size_t stack_bytes = kStackBytes;
};

Wanted wanted_by(const pthread_attr_t* attributes) {
  Wanted wanted;
  if (attributes == nullptr) return wanted;
  int word = 0;
  if (pthread_attr_getinheritsched(attributes, &word) == 0 && word == PTHREAD_EXPLICIT_SCHED) {
    sched_param parameters{};
    pthread_attr_getschedparam(attributes, &parameters);
    if (parameters.sched_priority > 0) wanted.priority = parameters.sched_priority;
    pthread_attr_getschedpolicy(attributes, &word);
    wanted.policy = word == SCHED_FIFO ? 0 : 1;
  }
  pthread_attr_getdetachstate(attributes, &word);
  wanted.is_detached = word == PTHREAD_CREATE_DETACHED;
  std::size_t bytes = 0;
  std::size_t usual = 0;
  pthread_attr_t plain;
  pthread_attr_init(&plain);
  pthread_attr_getstacksize(&plain, &usual);
  pthread_attr_getstacksize(attributes, &bytes);
  if (bytes != usual) wanted.stack_bytes = bytes;
  return wanted;
}

// Starts the host's thread, which then stands still. Errors: -errno.
long start_host_thread(Thread* thread, std::size_t stack_bytes) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  return -host_create(&thread->host, &attributes, run, thread);
}

// Lets a thread go that stands still and has no simulated one.
void send_away(Thread* thread) {
  thread->is_unwanted = true;
  link::Slot& slot = *lanes[thread->lane];
  slot.turn.store(link::kProgramsTurn);
  host_call(SYS_futex, as_long(&slot.turn), FUTEX_WAKE, 1);
  host_join(thread->host, nullptr);
  is_taken[thread->lane] = false;
  std::free(thread);
}

// The tid, or -errno.
long create(const pthread_attr_t* attributes, void* (*start)(void*), void* argument) {
  expect_threads();
  const std::uint32_t lane = free_lane();
  if (lane == link::kLanes) return -EAGAIN;
  if (const int error = ask({.call = ProgramCall::open_lane, .arguments = {lane}}).error; error != 0) return -error;
  if (const long mapped = map_lane(lane); mapped != 0) return mapped;
  auto* thread = static_cast<Thread*>(std::calloc(1, sizeof(Thread)));
  if (thread == nullptr) return -ENOMEM;
  const Wanted wanted = wanted_by(attributes);
  thread->lane = lane;
  thread->start = start;
  thread->argument = argument;
  thread->is_detached = wanted.is_detached;
  if (const long started = start_host_thread(thread, wanted.stack_bytes); started != 0) {
    std::free(thread);
    return started;
  }
  is_taken[lane] = true;
  thread->next = threads;
  threads = thread;
  ++alive;
  // From here on it may run, and even end.
  const Result result = ask({.call = ProgramCall::ThreadCreate,
                             .arguments = {lane, wanted.priority, wanted.policy, wanted.is_detached ? 1 : 0}});
  if (result.error == 0) return result.value;
  --alive;
  threads = thread->next;
  send_away(thread);
  return -result.error;
}

int join(std::int64_t tid, void** value) {
  const std::int64_t timeout = take_timeout(_NTO_TIMEOUT_JOIN);
  const Result result = ask({.call = ProgramCall::ThreadJoin, .arguments = {tid, timeout}});
  if (result.error != 0) return result.error;
  Thread* thread = find(tid);
  if (value != nullptr) *value = thread != nullptr ? thread->value : nullptr;
  if (thread != nullptr) forget(thread);
  return 0;
}

int detach(std::int64_t tid) {
  const Result result = ask({.call = ProgramCall::ThreadDetach, .arguments = {tid}});
  if (result.error != 0) return result.error;
  Thread* thread = find(tid);
  if (thread == nullptr) return 0;
  thread->is_detached = true;
  if (thread->is_gone) forget(thread);
  return 0;
}

}  // namespace

bool has_threads() { return are_expected; }

void expect_threads() {
  if (are_expected) return;
  are_expected = true;
  host_create = reinterpret_cast<decltype(host_create)>(host_function("pthread_create"));
  host_join = reinterpret_cast<decltype(host_join)>(host_function("pthread_join"));
  // How many heaps there are would depend on the host's processors.
  mallopt(M_ARENA_MAX, 1);
  pthread_key_create(&last_key, say_last_word);
  do_first(see_off);
  ask_for_held_mutexes();
}

void end_thread(void* value) {
  if (self == nullptr) {
    static sem_t never;
    if (alive == 0) std::exit(0);
    is_main_gone = true;
    sem_init(&never, 0, 0);
    while (true) sem_wait(&never);
  }
  self->value = value;
  reinterpret_cast<void (*)(void*)>(host_function("pthread_exit"))(value);
  __builtin_trap();
}

void* host_function(const char* name) {
  void* function = dlsym(RTLD_NEXT, name);
  if (function == nullptr) give_up("the C library has no threads");
  return function;
}

}  // namespace memsim::runtime

using namespace memsim::runtime;

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument) {
  const long made = create(attributes, start, argument);
  if (made < 0) return static_cast<int>(-made);
  *thread = static_cast<pthread_t>(made);
  return 0;
}
int pthread_join(pthread_t thread, void** value) { return join(static_cast<std::int64_t>(thread), value); }
int pthread_detach(pthread_t thread) { return detach(static_cast<std::int64_t>(thread)); }
pthread_t pthread_self() { return static_cast<pthread_t>(own_tid()); }

// The host's own has the host's priorities.
int pthread_attr_setschedparam(pthread_attr_t* attributes, const sched_param* parameters) {
  if (parameters->sched_priority < 1 || parameters->sched_priority > 255) return EINVAL;
  static_assert(sizeof(sched_param) == sizeof(int));  // and it comes first
  *reinterpret_cast<int*>(attributes) = parameters->sched_priority;
  return 0;
}

int ThreadCreate(pid_t pid, void* (*func)(void*), void* arg, const pthread_attr_t* attr) {
  if (pid != 0 && pid != own_pid()) return static_cast<int>(failed(EPERM));
  const long made = create(attr, func, arg);
  return static_cast<int>(made < 0 ? failed(static_cast<int>(-made)) : made);
}
int ThreadJoin(int tid, void** status) {
  const int error = join(tid, status);
  return static_cast<int>(error != 0 ? failed(error) : 0);
}
int ThreadDetach(int tid) {
  const int error = detach(tid);
  return static_cast<int>(error != 0 ? failed(error) : 0);
}

}  // extern "C"
