/* What the threads of a program do, each act by its name: threads_test.cpp plays them. */
#define _GNU_SOURCE /* gettid() */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/neutrino.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static void expect(int holds, const char *what) {
  if (holds) return;
  printf("not so: %s, errno %s\n", what, strerror(errno));
  exit(1);
}
#define EXPECT(condition) expect(condition, #condition)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static pthread_t start(void *(*thread)(void *), void *argument) {
  pthread_t started;
  EXPECT(pthread_create(&started, NULL, thread, argument) == 0);
  return started;
}
static struct timespec in_us(long us) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  const long ns = time.tv_nsec + us * 1000;
  time.tv_sec += ns / 1000000000, time.tv_nsec = ns % 1000000000;
  return time;
}

static void *twice(void *number) { return (void *)(2 * (long)number); }
static void *sleeper(void *us) {
  usleep((unsigned)(long)us);
  return us;
}

/* --- beginning and end */

static void *tell_self(void *self) {
  EXPECT((long)pthread_self() == gettid());
  *(pthread_t *)self = pthread_self();
  return NULL;
}
static void act_join(void) {
  void *value = NULL;
  pthread_t self = 0;
  EXPECT(pthread_join(start(twice, (void *)21), &value) == 0 && value == (void *)42);
  const pthread_t slow = start(sleeper, (void *)500);
  EXPECT(pthread_join(slow, &value) == 0 && value == (void *)500 && ClockCycles() > 500000);
  EXPECT(pthread_join(slow, &value) == ESRCH);
  EXPECT(pthread_join(pthread_self(), NULL) == EDEADLK);
  const pthread_t told = start(tell_self, &self);
  EXPECT(pthread_join(told, NULL) == 0 && told == self);
  EXPECT(pthread_detach(told) == ESRCH);
  puts("joined");
}
static void act_detach(void) {
  const pthread_t detached = start(sleeper, (void *)100);
  EXPECT(pthread_detach(detached) == 0 && pthread_detach(detached) == EINVAL);
  EXPECT(pthread_join(detached, NULL) == EINVAL);
  const pthread_t ended = start(twice, NULL);
  delay(1);
  EXPECT(pthread_detach(ended) == 0 && pthread_join(ended, NULL) == ESRCH);
  EXPECT(pthread_join(detached, NULL) == ESRCH);
  puts("detached");
}
static void act_native(void) {
  void *value = NULL;
  const int tid = ThreadCreate(0, twice, (void *)4, NULL);
  EXPECT(tid > 1 && ThreadJoin(tid, &value) == 0 && value == (void *)8);
  EXPECT(ThreadJoin(tid, &value) == -1 && errno == ESRCH);
  EXPECT(ThreadCreate(1, twice, NULL, NULL) == -1 && errno == EPERM);
  puts("native");
}
/* More than there are slots of the link, one after the other and at once. */
static void act_many(void) {
  pthread_t threads[64];
  void *value;
  for (long i = 0; i < 300; ++i) EXPECT(pthread_join(start(twice, (void *)i), &value) == 0 && value == (void *)(2 * i));
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 63; ++i) threads[i] = start(sleeper, (void *)1000);
    EXPECT(pthread_create(&threads[63], NULL, twice, NULL) == EAGAIN);
    for (int i = 0; i < 63; ++i) EXPECT(pthread_join(threads[i], NULL) == 0);
  }
  for (int i = 0; i < 300; ++i) EXPECT(pthread_detach(start(twice, NULL)) == 0), delay(1);
  puts("many");
}
static pthread_key_t key;
static void destroy_value(void *value) { printf("destroyed %s\n", (char *)value); }
static void clean_up(void *what) { printf("cleaned %s\n", (char *)what); }
static void *exits(void *value) {
  pthread_setspecific(key, "the key's");
  pthread_cleanup_push(clean_up, "up");
  pthread_exit(value);
  pthread_cleanup_pop(0);
  return NULL;
}
static void act_exit_thread(void) {
  void *value = NULL;
  EXPECT(pthread_key_create(&key, destroy_value) == 0);
  EXPECT(pthread_join(start(exits, (void *)7), &value) == 0 && value == (void *)7);
  puts("exited");
}
static void say_end(void) { puts("the end"); }
static void *last(void *unused) {
  delay(2);
  puts("the last");
  return unused;
}
static void act_main_exits(void) {
  atexit(say_end);
  start(last, NULL);
  pthread_exit(NULL);
}
static void *crashes(void *unused) {
  delay(1);
  *(volatile int *)8 = 1;
  return unused;
}
static void act_crash(void) { pthread_join(start(crashes, NULL), NULL); }
static void *ends_all(void *unused) {
  delay(1);
  exit(5);
  return unused;
}
static void act_status(void) { pthread_join(start(ends_all, NULL), NULL); }
static void act_leave(void) {
  start(sleeper, (void *)1000000);
  puts("left");
}

/* --- mutexes, condition variables, semaphores */

static int turn;
static void *pong(void *rounds) {
  for (long i = 0; i < (long)rounds; ++i) {
    pthread_mutex_lock(&mutex);
    while (turn == 0) pthread_cond_wait(&condition, &mutex);
    turn = 0;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}
static void act_ping(void) {
  const pthread_t other = start(pong, (void *)100);
  for (int i = 0; i < 100; ++i) {
    pthread_mutex_lock(&mutex);
    turn = 1;
    pthread_cond_signal(&condition);
    while (turn == 1) pthread_cond_wait(&condition, &mutex);
    pthread_mutex_unlock(&mutex);
  }
  EXPECT(pthread_join(other, NULL) == 0);
  puts("100 rounds");
}
static int is_open, passed;
static void *waits(void *unused) {
  pthread_mutex_lock(&mutex);
  while (!is_open) pthread_cond_wait(&condition, &mutex);
  ++passed;
  pthread_mutex_unlock(&mutex);
  return unused;
}
static void act_broadcast(void) {
  pthread_t threads[10];
  for (int i = 0; i < 10; ++i) threads[i] = start(waits, NULL);
  delay(1);
  EXPECT(pthread_cond_destroy(&condition) == EBUSY);
  pthread_mutex_lock(&mutex);
  is_open = 1;
  EXPECT(pthread_cond_broadcast(&condition) == 0);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < 10; ++i) EXPECT(pthread_join(threads[i], NULL) == 0);
  printf("%d passed\n", passed);
}
static void *owner(void *unused) {
  pthread_mutex_lock(&mutex);
  delay(5);
  pthread_mutex_unlock(&mutex);
  return unused;
}
static void act_mutex(void) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t recursive;
  struct timespec soon = in_us(1000);
  EXPECT(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_lock(&mutex) == EDEADLK);
  EXPECT(pthread_cond_timedwait(&condition, &mutex, &soon) == ETIMEDOUT && ClockCycles() > 1000000);
  EXPECT(pthread_mutex_unlock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == EPERM);
  EXPECT(pthread_cond_wait(&condition, &mutex) == EPERM);
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  EXPECT(pthread_mutex_init(&recursive, &attributes) == 0);
  EXPECT(pthread_mutex_lock(&recursive) == 0 && pthread_mutex_lock(&recursive) == 0);
  EXPECT(pthread_mutex_unlock(&recursive) == 0 && pthread_mutex_destroy(&recursive) == EBUSY);
  EXPECT(pthread_mutex_unlock(&recursive) == 0 && pthread_mutex_destroy(&recursive) == 0);
  const pthread_t other = start(owner, NULL);
  delay(1);
  soon = in_us(1000);
  EXPECT(pthread_mutex_trylock(&mutex) == EBUSY && pthread_mutex_unlock(&mutex) == EPERM);
  EXPECT(pthread_mutex_timedlock(&mutex, &soon) == ETIMEDOUT);
  const _Uint64t timeout = 1000000;
  TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_JOIN, NULL, &timeout, NULL);
  EXPECT(pthread_join(other, NULL) == ETIMEDOUT);
  EXPECT(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_trylock(&mutex) == EBUSY);
  EXPECT(pthread_join(other, NULL) == 0);
  puts("mutexes");
}
/* What main() owns before there is another thread it owns after. */
static int counted;
static void *counts(void *unused) {
  pthread_mutex_lock(&mutex);
  ++counted;
  pthread_mutex_unlock(&mutex);
  return unused;
}
static void act_held(void) {
  pthread_mutex_lock(&mutex);
  const pthread_t other = start(counts, NULL);
  delay(1);
  EXPECT(counted == 0);
  pthread_mutex_unlock(&mutex);
  EXPECT(pthread_join(other, NULL) == 0 && counted == 1);
  puts("held");
}
static sem_t items;
static void *makes(void *count) {
  for (long i = 0; i < (long)count; ++i) delay(1), sem_post(&items);
  return NULL;
}
static void act_semaphore(void) {
  struct timespec soon;
  EXPECT(sem_init(&items, 0, 1) == 0);
  EXPECT(sem_trywait(&items) == 0 && sem_trywait(&items) == -1 && errno == EAGAIN);
  soon = in_us(100);
  EXPECT(sem_timedwait(&items, &soon) == -1 && errno == ETIMEDOUT);
  const pthread_t maker = start(makes, (void *)5);
  for (int i = 0; i < 5; ++i) EXPECT(sem_wait(&items) == 0);
  EXPECT(pthread_join(maker, NULL) == 0 && sem_destroy(&items) == 0);
  puts("semaphores");
}
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void make_once(void) { delay(1), ++counted; }
static void *needs(void *unused) {
  pthread_once(&once, make_once);
  EXPECT(counted == 1);
  return unused;
}
static void act_once(void) {
  pthread_t threads[5];
  for (int i = 0; i < 5; ++i) threads[i] = start(needs, NULL);
  for (int i = 0; i < 5; ++i) pthread_join(threads[i], NULL);
  puts("once");
}

/* --- what threads share */

static int chid;
static void *serves(void *count) {
  for (long i = 0; i < (long)count; ++i) {
    char text[40];
    const int rcvid = MsgReceive(chid, text, sizeof text, NULL);
    EXPECT(rcvid > 0);
    delay(1);
    MsgReply(rcvid, (int)strlen(text), text, sizeof text);
  }
  return NULL;
}
static void *sends(void *text) {
  const int coid = ConnectAttach(ND_LOCAL_NODE, 0, chid, _NTO_SIDE_CHANNEL, 0);
  char reply[40];
  EXPECT(MsgSend(coid, text, strlen(text) + 1, reply, sizeof reply) == (long)strlen(text) && strcmp(reply, text) == 0);
  return NULL;
}
static void act_messages(void) {
  chid = ChannelCreate(0);
  const pthread_t server = start(serves, (void *)3);
  const pthread_t clients[] = {start(sends, "one"), start(sends, "eleven"), start(sends, "a hundred")};
  for (int i = 0; i < 3; ++i) EXPECT(pthread_join(clients[i], NULL) == 0);
  EXPECT(pthread_join(server, NULL) == 0);
  puts("sent");
}
/* Pages that none has referred to, of lazy memory and of a private copy, by all at once. */
static char *lazy, *original, *copy;
static void *fills(void *number) {
  const long own = (long)number;
  for (int page = 0; page < 16; ++page) {
    lazy[page * PAGE + own] = (char)(own + page);
    EXPECT(strcmp(copy + page * PAGE, "the original") == 0);
    copy[page * PAGE + 100 + own] = (char)own;
  }
  return NULL;
}
static void act_memory(void) {
  pthread_t threads[4];
  const int fd = shm_open("/original", O_RDWR | O_CREAT, 0600);
  EXPECT(shm_ctl(fd, SHMCTL_ANON, 0, 16 * PAGE) == 0);
  original = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  for (int page = 0; page < 16; ++page) strcpy(original + page * PAGE, "the original");
  lazy = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_LAZY, NOFD, 0);
  copy = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  for (long i = 0; i < 4; ++i) threads[i] = start(fills, (void *)(i + 1));
  for (int i = 0; i < 4; ++i) EXPECT(pthread_join(threads[i], NULL) == 0);
  for (int page = 0; page < 16; ++page) {
    for (int own = 1; own <= 4; ++own) {
      EXPECT(lazy[page * PAGE + own] == own + page && copy[page * PAGE + 100 + own] == own);
      EXPECT(original[page * PAGE + 100 + own] == 0);
    }
  }
  puts("shared");
}
/* Blocks of the heap, whose addresses are the same in each run. */
static void *allocates(void *seed) {
  unsigned state = (unsigned)(long)seed;
  unsigned long sum = 0;
  for (int i = 0; i < 50; ++i) {
    state = state * 1103515245 + 12345;
    char *block = malloc(state >> 16);
    sum = sum * 31 + (unsigned long)block;
    if (i % 7 == 0) delay(1);
    if (i % 3 != 0) free(block);
  }
  return (void *)sum;
}
static void act_heap(void) {
  unsigned long sum = 0;
  pthread_t threads[8];
  for (long i = 0; i < 8; ++i) threads[i] = start(allocates, (void *)(i + 1));
  for (int i = 0; i < 8; ++i) {
    void *value;
    pthread_join(threads[i], &value);
    sum = sum * 31 + (unsigned long)value;
  }
  printf("%lx\n", sum);
}

static const struct {
  const char *name;
  void (*play)(void);
} acts[] = {
    {"join", act_join},         {"detach", act_detach},           {"native", act_native},
    {"many", act_many},         {"exit_thread", act_exit_thread}, {"main_exits", act_main_exits},
    {"crash", act_crash},       {"status", act_status},           {"leave", act_leave},
    {"ping", act_ping},         {"broadcast", act_broadcast},     {"mutex", act_mutex},
    {"held", act_held},         {"semaphore", act_semaphore},     {"once", act_once},
    {"messages", act_messages}, {"memory", act_memory},           {"heap", act_heap},
};

int main(int count, char **arguments) {
  for (size_t i = 0; count > 1 && i < sizeof acts / sizeof acts[0]; ++i) {
    if (strcmp(acts[i].name, arguments[1]) == 0) return acts[i].play(), 0;
  }
  return 2;
}
