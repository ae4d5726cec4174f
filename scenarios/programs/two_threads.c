/* Two threads and a mutex at two priorities, and a third between them that needs no mutex: without priority
   inheritance it would keep the first waiting for as long as it pleases. Prints how long the first waits. */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/neutrino.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void check(int error, const char *what) {
  if (error != 0) fprintf(stderr, "%s: %s\n", what, strerror(error));
}

/* Each look at the clock takes its time. */
static void work(int looks) {
  while (looks-- > 0) ClockCycles();
}

static void *low(void *unused) {
  check(pthread_mutex_lock(&mutex), "lock");
  work(7500);
  check(pthread_mutex_unlock(&mutex), "unlock");
  printf("low: done at %llu us\n", (unsigned long long)ClockCycles() / 1000);
  return unused;
}

static void *middle(void *unused) {
  delay(1);
  work(15000);
  printf("middle: done at %llu us\n", (unsigned long long)ClockCycles() / 1000);
  return unused;
}

static void *high(void *waited) {
  delay(1);
  const _Uint64t before = ClockCycles();
  check(pthread_mutex_lock(&mutex), "lock");
  *(_Uint64t *)waited = ClockCycles() - before;
  check(pthread_mutex_unlock(&mutex), "unlock");
  return waited;
}

static pthread_t start(void *(*thread)(void *), int priority, void *argument) {
  const struct sched_param parameters = {.sched_priority = priority};
  pthread_attr_t attributes;
  pthread_t started;
  pthread_attr_init(&attributes);
  pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
  pthread_attr_setschedpolicy(&attributes, SCHED_RR);
  check(pthread_attr_setschedparam(&attributes, &parameters), "priority");
  check(pthread_create(&started, &attributes, thread, argument), "create");
  pthread_attr_destroy(&attributes);
  return started;
}

int main(void) {
  _Uint64t waited = 0;
  void *told = NULL;
  const pthread_t threads[] = {start(low, 5, NULL), start(middle, 20, NULL), start(high, 30, &waited)};
  for (int i = 0; i < 3; ++i) check(pthread_join(threads[i], &told), "join");
  if (told != &waited) return 1;
  printf("high: waited %llu us for the mutex\n", (unsigned long long)waited / 1000);
  return 0;
}
