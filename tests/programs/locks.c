/* Read-write locks, barriers, spin locks, priorities, and what two programs share, each act by its name: locks_test.cpp
   plays them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/neutrino.h>
#include <time.h>
#include <unistd.h>

static void expect(int holds, const char *what) {
  if (holds) return;
  printf("not so: %s, errno %s\n", what, strerror(errno));
  exit(1);
}
#define EXPECT(condition) expect(condition, #condition)

static unsigned long now_ms(void) { return (unsigned long)(ClockCycles() / 1000000); }
static struct timespec in_us(long us) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  const long ns = time.tv_nsec + us * 1000;
  time.tv_sec += ns / 1000000000, time.tv_nsec = ns % 1000000000;
  return time;
}
static pthread_t start(void *(*thread)(void *), void *argument) {
  pthread_t started;
  EXPECT(pthread_create(&started, NULL, thread, argument) == 0);
  return started;
}
static void join_all(const pthread_t *threads, int count) {
  for (int i = 0; i < count; ++i) EXPECT(pthread_join(threads[i], NULL) == 0);
}

/* --- read-write locks */

static pthread_rwlock_t book = PTHREAD_RWLOCK_INITIALIZER;
static int reading, most_reading, pages;
static void *reads(void *unused) {
  EXPECT(pthread_rwlock_rdlock(&book) == 0);
  const int before = pages;
  most_reading = ++reading > most_reading ? reading : most_reading;
  delay(1);
  EXPECT(pages == before);
  --reading;
  EXPECT(pthread_rwlock_unlock(&book) == 0);
  return unused;
}
static void *writes(void *unused) {
  EXPECT(pthread_rwlock_wrlock(&book) == 0 && reading == 0);
  ++pages;
  delay(1);
  EXPECT(reading == 0 && pthread_rwlock_unlock(&book) == 0);
  return unused;
}
static void act_rwlock(void) {
  struct timespec soon = in_us(1000);
  pthread_t threads[8];
  EXPECT(pthread_rwlock_unlock(&book) == EPERM);
  EXPECT(pthread_rwlock_wrlock(&book) == 0 && pthread_rwlock_wrlock(&book) == EDEADLK);
  EXPECT(pthread_rwlock_rdlock(&book) == EDEADLK && pthread_rwlock_tryrdlock(&book) == EBUSY);
  EXPECT(pthread_rwlock_destroy(&book) == EBUSY && pthread_rwlock_unlock(&book) == 0);
  for (int i = 0; i < 8; ++i) threads[i] = start(i % 4 == 3 ? writes : reads, NULL);
  usleep(100);
  EXPECT(pthread_rwlock_trywrlock(&book) == EBUSY && pthread_rwlock_timedwrlock(&book, &soon) == ETIMEDOUT);
  join_all(threads, 8);
  EXPECT(pages == 2 && most_reading > 1);
  EXPECT(pthread_rwlock_rdlock(&book) == 0 && pthread_rwlock_tryrdlock(&book) == 0);
  EXPECT(pthread_rwlock_unlock(&book) == 0 && pthread_rwlock_unlock(&book) == 0);
  EXPECT(pthread_rwlock_destroy(&book) == 0);
  printf("%d at once\n", most_reading);
}

/* --- barriers, spin locks */

static pthread_barrier_t gate;
static pthread_spinlock_t spin;
static int arrived, serial, spun;
static void *meets(void *us) {
  for (int round = 1; round <= 3; ++round) {
    usleep((unsigned)(long)us);
    ++arrived;
    const int came = pthread_barrier_wait(&gate);
    EXPECT(came == 0 || came == PTHREAD_BARRIER_SERIAL_THREAD);
    serial += came == PTHREAD_BARRIER_SERIAL_THREAD;
    EXPECT(arrived >= 4 * round && serial <= round);
  }
  return NULL;
}
static void act_barrier(void) {
  pthread_t threads[4];
  EXPECT(pthread_barrier_init(&gate, NULL, 0) == EINVAL && pthread_barrier_init(&gate, NULL, 4) == 0);
  for (long i = 0; i < 4; ++i) threads[i] = start(meets, (void *)(100 * (i + 1)));
  usleep(250);
  EXPECT(pthread_barrier_destroy(&gate) == EBUSY);
  join_all(threads, 4);
  EXPECT(serial == 3 && pthread_barrier_destroy(&gate) == 0);
  puts("3 rounds");
}
static void *spins(void *unused) {
  for (int i = 0; i < 10; ++i) {
    EXPECT(pthread_spin_lock(&spin) == 0);
    const int before = spun;
    usleep(10);
    spun = before + 1;
    EXPECT(pthread_spin_unlock(&spin) == 0);
  }
  return unused;
}
static void act_spin(void) {
  pthread_t threads[3];
  EXPECT(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0);
  for (int i = 0; i < 3; ++i) threads[i] = start(spins, NULL);
  usleep(15);
  EXPECT(pthread_spin_trylock(&spin) == EBUSY);
  join_all(threads, 3);
  EXPECT(pthread_spin_trylock(&spin) == 0 && pthread_spin_unlock(&spin) == 0 && pthread_spin_destroy(&spin) == 0);
  printf("%d turns\n", spun);
}

/* --- priorities */

static void *works(void *name) {
  usleep(10);
  for (int i = 0; i < 3; ++i) ClockCycles();
  puts(name);
  return NULL;
}
static void act_priority(void) {
  struct sched_param parameters = {.sched_priority = 0};
  int policy = -1;
  const pthread_t low = start(works, "low");
  const pthread_t high = start(works, "high");
  EXPECT(pthread_getschedparam(pthread_self(), &policy, &parameters) == 0 && policy == SCHED_RR);
  EXPECT(parameters.sched_priority == 10 && SchedGet(0, 0, &parameters) == SCHED_RR);
  EXPECT(pthread_setschedprio(low, 5) == 0 && pthread_setschedprio(high, 30) == 0);
  EXPECT(pthread_setschedprio(high, 0) == EINVAL && pthread_setschedprio(high, 256) == EINVAL);
  EXPECT(pthread_setschedprio(99, 5) == ESRCH && SchedSet(1, 1, SCHED_FIFO, &parameters) == -1 && errno == EPERM);
  parameters.sched_priority = 20;
  EXPECT(pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0);
  EXPECT(pthread_setschedparam(pthread_self(), 77, &parameters) == EINVAL);
  EXPECT(SchedGet(0, (int)pthread_self(), &parameters) == SCHED_FIFO && parameters.sched_priority == 20);
  EXPECT(ThreadCtl(_NTO_TCTL_IO, 0) == 0 && pthread_setname_np(pthread_self(), "main") == 0);
  EXPECT(ThreadCtl(_NTO_TCTL_NAME + 100, 0) == -1 && errno == ENOSYS);
  pthread_join(low, NULL), pthread_join(high, NULL);
}
/* The other thread runs nowhere else than in the calls of this one, which wait for nothing. */
static volatile int is_done;
static void *says(void *word) {
  puts(word);
  is_done = 1;
  return NULL;
}
static void act_yield(void) {
  int yields = 0;
  start(says, "other");
  while (!is_done) EXPECT(sched_yield() == 0), ++yields;
  EXPECT(yields == 1 && SchedYield() == 0);
  puts("yielded");
}

/* --- what two programs share */

struct shared {
  int are_ready, turn;
  pthread_mutex_t mutex, robust;
  pthread_cond_t condition;
  sem_t items;
  pthread_barrier_t gate;
};
static struct shared *map_shared(void) {
  const int fd = shm_open("/shared", O_RDWR | O_CREAT, 0600);
  EXPECT(fd >= 0 && shm_ctl(fd, SHMCTL_ANON, 0, __PAGESIZE) == 0);
  struct shared *const at = mmap(NULL, __PAGESIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  EXPECT(at != MAP_FAILED);
  return at;
}
static void make(struct shared *all) {
  pthread_mutexattr_t of_mutex;
  pthread_condattr_t of_condition;
  pthread_barrierattr_t of_barrier;
  pthread_mutexattr_init(&of_mutex), pthread_condattr_init(&of_condition), pthread_barrierattr_init(&of_barrier);
  pthread_mutexattr_setpshared(&of_mutex, PTHREAD_PROCESS_SHARED);
  pthread_condattr_setpshared(&of_condition, PTHREAD_PROCESS_SHARED);
  pthread_barrierattr_setpshared(&of_barrier, PTHREAD_PROCESS_SHARED);
  EXPECT(pthread_mutex_init(&all->mutex, &of_mutex) == 0);
  pthread_mutexattr_setrobust(&of_mutex, PTHREAD_MUTEX_ROBUST);
  EXPECT(pthread_mutex_init(&all->robust, &of_mutex) == 0);
  EXPECT(pthread_cond_init(&all->condition, &of_condition) == 0);
  EXPECT(sem_init(&all->items, 1, 0) == 0 && sem_init(&all->items, 1, 0) == -1 && errno == EBUSY);
  EXPECT(pthread_barrier_init(&all->gate, &of_barrier, 2) == 0);
  all->are_ready = 1;
}
static void act_first(void) {
  struct shared *const all = map_shared();
  make(all);
  EXPECT(pthread_mutex_lock(&all->mutex) == 0 && pthread_mutex_lock(&all->mutex) == EDEADLK);
  delay(5);
  while (all->turn == 0) EXPECT(pthread_cond_wait(&all->condition, &all->mutex) == 0);
  printf("my turn at %lu ms\n", now_ms());
  EXPECT(pthread_mutex_unlock(&all->mutex) == 0 && sem_wait(&all->items) == 0);
  printf("an item at %lu ms\n", now_ms());
  EXPECT(pthread_mutex_lock(&all->robust) == 0 && pthread_mutex_lock(&all->mutex) == 0);
  pthread_barrier_wait(&all->gate);
  delay(1);
}
static void act_second(void) {
  delay(1);
  mmap(NULL, __PAGESIZE, PROT_READ, MAP_PRIVATE | MAP_ANON, NOFD, 0); /* so that theirs are other addresses */
  struct shared *const all = map_shared();
  struct timespec soon = in_us(1000);
  EXPECT(all->are_ready && pthread_mutex_trylock(&all->mutex) == EBUSY && pthread_mutex_unlock(&all->mutex) == EPERM);
  EXPECT(pthread_mutex_timedlock(&all->mutex, &soon) == ETIMEDOUT && pthread_mutex_lock(&all->mutex) == 0);
  printf("in at %lu ms\n", now_ms());
  delay(1);
  all->turn = 1;
  EXPECT(pthread_cond_signal(&all->condition) == 0 && pthread_mutex_unlock(&all->mutex) == 0);
  delay(1);
  EXPECT(sem_post(&all->items) == 0);
  pthread_barrier_wait(&all->gate);
  EXPECT(pthread_mutex_lock(&all->robust) == EOWNERDEAD);
  printf("orphaned at %lu ms\n", now_ms());
  EXPECT(pthread_mutex_consistent(&all->robust) == 0 && pthread_mutex_consistent(&all->robust) == EINVAL);
  EXPECT(pthread_mutex_unlock(&all->robust) == 0 && pthread_mutex_lock(&all->robust) == 0);
  EXPECT(pthread_mutex_destroy(&all->robust) == EBUSY && pthread_mutex_unlock(&all->robust) == 0);
  EXPECT(pthread_mutex_destroy(&all->robust) == 0 && sem_destroy(&all->items) == 0);
  soon = in_us(1000);
  EXPECT(pthread_mutex_timedlock(&all->mutex, &soon) == ETIMEDOUT);
}
/* Neither says that it is sound again. */
static void act_lost(void) {
  struct shared *const all = map_shared();
  if (!all->are_ready) {
    make(all);
    EXPECT(pthread_mutex_lock(&all->robust) == 0);
    return;
  }
  delay(1);
  EXPECT(pthread_mutex_lock(&all->robust) == EOWNERDEAD && pthread_mutex_unlock(&all->robust) == 0);
  EXPECT(pthread_mutex_lock(&all->robust) == ENOTRECOVERABLE && pthread_mutex_lock(&all->robust) == ENOTRECOVERABLE);
  puts("lost");
}
/* For all processes, in memory that is this one's alone. */
static void act_own(void) {
  static struct shared own;
  make(&own);
  EXPECT(pthread_mutex_lock(&own.mutex) == 0 && pthread_mutex_unlock(&own.mutex) == 0);
  EXPECT(sem_post(&own.items) == 0 && sem_wait(&own.items) == 0);
  puts("its own");
}

static const struct {
  const char *name;
  void (*play)(void);
} acts[] = {
    {"rwlock", act_rwlock}, {"barrier", act_barrier}, {"spin", act_spin}, {"priority", act_priority}, {"yield", act_yield},
    {"first", act_first},   {"second", act_second},   {"lost", act_lost}, {"own", act_own},
};

int main(int count, char **arguments) {
  for (size_t i = 0; count > 1 && i < sizeof acts / sizeof acts[0]; ++i) {
    if (strcmp(acts[i].name, arguments[1]) == 0) return acts[i].play(), 0;
  }
  return 2;
}
