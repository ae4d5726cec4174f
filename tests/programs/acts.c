/* What a program can do, each act by its name: the tests of programs of the host play them. */
#include <errno.h>
#include <fcntl.h>
#include <process.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/dispatch.h>
#include <sys/memmsg.h>
#include <sys/mman.h>
#include <sys/neutrino.h>
#include <sys/syspage.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static void expect(int holds, const char *what) {
  if (holds) return;
  printf("not so: %s, errno %s\n", what, strerror(errno));
  exit(1);
}
#define EXPECT(condition) expect(condition, #condition)

static int object(const char *name, int flags, size_t size) {
  const int fd = shm_open(name, O_RDWR | O_CREAT, 0666);
  EXPECT(fd >= 0);
  EXPECT(shm_ctl(fd, flags, 0, size) == 0);
  return fd;
}

/* --- ends */

static void act_return(void) {}
static void act_status(void) { exit(3); }
static void act_crash(void) {
  volatile int *nowhere = NULL;
  puts("before");
  *nowhere = 1;
}
static void act_abort(void) { abort(); }
static void act_loop(void) {
  for (volatile int i = 0;; ++i) {
  }
}
static void act_leak(void) {
  object("/leak", SHMCTL_ANON, 5 * PAGE);
  EXPECT(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, NOFD, 0) != MAP_FAILED);
}
static void act_no_newline(void) {
  printf("no end");
  fflush(stdout);
  fprintf(stderr, "an error\n");
}

/* --- what is refused */

static void act_refused(void) {
  EXPECT(fork() == -1 && errno == ENOSYS);
  EXPECT(system("true") == -1 && errno == ENOSYS);
  EXPECT(fopen("/etc/passwd", "r") == NULL && errno == ENOSYS);
  EXPECT(open("/etc/passwd", O_RDONLY) == -1 && errno == ENOSYS);
  EXPECT(kill(0, SIGKILL) == -1 && errno == ENOSYS);
  EXPECT(write(7, "x", 1) == -1 && errno == ENOSYS);
  EXPECT(read(0, &(char){0}, 1) == 0);
  puts("all refused");
}
static long raw(long number, long a, long b, long c) {
  long result = number;
#if defined(__x86_64__)
  __asm__ volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
#else
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  result = x0;
#endif
  return result;
}
/* System calls past the C library: opening a file, a socket, a process, a signal to the parent. */
static void act_raw(void) {
#if defined(__x86_64__)
  EXPECT(raw(2, (long)"/etc/passwd", 0, 0) == -ENOSYS);
  EXPECT(raw(41, 2, 1, 0) == -ENOSYS);
  EXPECT(raw(57, 0, 0, 0) == -ENOSYS);
  EXPECT(raw(62, 0, 9, 0) == -ENOSYS);
#endif
  puts("all refused");
}

/* --- the link */

static void act_close_link(void) { raw(3, 3, 0, 0), delay(1); }
static void act_nonsense_on_link(void) {
#if defined(__x86_64__)
  raw(1, 3, (long)"nonsense", 8);
#endif
  for (volatile int i = 0; i < 100000000; ++i) {
  }
  delay(1);
}

/* Random bytes in the slot, which descriptor 4 is, and then calls as if nothing were wrong. */
static void act_scribble(const char *seed) {
  unsigned state = (unsigned)strtoul(seed, NULL, 0);
  volatile unsigned char *slot;
#if defined(__x86_64__)
  long mapped = 9;
  register long flags __asm__("r10") = 1, file __asm__("r8") = 4, offset __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "+a"(mapped)
                   : "D"(0), "S"(1 << 16), "d"(3), "r"(flags), "r"(file), "r"(offset)
                   : "rcx", "r11", "memory");
  slot = (volatile unsigned char *)mapped;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 100; ++i) {
      state = state * 1103515245 + 12345;
      slot[(state >> 8) % ((state & 1) ? 600 : 60000)] = (unsigned char)(state >> 24);
    }
    delay(1);
    object("/scribbled", SHMCTL_ANON, PAGE);
  }
#else
  (void)state, (void)slot;
#endif
}

/* --- time */

static void act_compute(void) {
  for (volatile int i = 0; i < 10000000; ++i) {
  }
  delay(1);
}

static void act_time(void) {
  struct timespec now;
  struct timeval day;
  _Uint64t before, after;
  EXPECT(clock_gettime(CLOCK_MONOTONIC, &now) == 0 && now.tv_sec == 0);
  EXPECT(ClockTime(CLOCK_REALTIME, NULL, &before) == 0);
  delay(10);
  usleep(500);
  nanosleep(&(struct timespec){0, 250}, NULL);
  EXPECT(ClockTime(CLOCK_REALTIME, NULL, &after) == 0);
  EXPECT(after - before >= 10500250 && after - before < 10600000);
  EXPECT(sleep(2) == 0 && time(NULL) == 2);
  EXPECT(gettimeofday(&day, NULL) == 0 && day.tv_sec == 2 && day.tv_usec >= 10500);
  EXPECT(ClockCycles() >= 2010500250u && SYSPAGE_ENTRY(qtime)->cycles_per_sec == 1000000000);
  EXPECT(getpid() > 1 && getppid() == 1 && sysconf(_SC_PAGESIZE) == PAGE);
  EXPECT(getenv("PATH") == NULL);
  printf("%llu\n", (unsigned long long)after);
}
/* Waiting for a moment by looking at the clock comes to an end. */
static void act_poll_clock(void) {
  const _Uint64t end = ClockCycles() + 1000;
  while (ClockCycles() < end) {
  }
}
static void act_timeout(void) {
  const int chid = ChannelCreate(0);
  const _Uint64t soon = 1000000;
  char message[16];
  EXPECT(TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_RECEIVE, NULL, &soon, NULL) == 0);
  EXPECT(MsgReceive(chid, message, sizeof message, NULL) == -1 && errno == ETIMEDOUT);
  EXPECT(time(NULL) == 0 && ClockCycles() > 1000000 && ClockCycles() < 1100000);
}

/* --- memory */

static void act_contents(void) {
  const int fd = object("/shared", SHMCTL_ANON, 3 * PAGE);
  char *one = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  char *two = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
  EXPECT(one != MAP_FAILED && two != MAP_FAILED && one != two);
  for (int i = 0; i < 3 * PAGE; ++i) EXPECT(one[i] == 0);
  strcpy(one + PAGE, "the same frame");
  EXPECT(strcmp(two, "the same frame") == 0);
  off_t paddr;
  size_t contiguous;
  EXPECT(mem_offset64(one + PAGE + 4, NOFD, 2 * PAGE, &paddr, &contiguous) == 0);
  char *bus = mmap_device_memory(NULL, PAGE, PROT_READ | PROT_WRITE, 0, (_Uint64t)paddr - 4);
  EXPECT(bus != MAP_FAILED && strcmp(bus, "the same frame") == 0);
  strcpy(bus, "by the device");
  EXPECT(strcmp(two, "by the device") == 0);
  EXPECT(munmap(bus, PAGE) == 0 && munmap(one, 3 * PAGE) == 0 && strcmp(two, "by the device") == 0);
  puts("the same");
}
static void act_zero_again(void) {
  char *memory = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, NOFD, 0);
  off_t first, again;
  EXPECT(memory != MAP_FAILED);
  memset(memory, 0x55, 8 * PAGE);
  EXPECT(mem_offset64(memory, NOFD, 1, &first, NULL) == 0);
  EXPECT(munmap(memory, 8 * PAGE) == 0);
  memory = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, NOFD, 0);
  EXPECT(mem_offset64(memory, NOFD, 1, &again, NULL) == 0 && first == again);
  for (int i = 0; i < 8 * PAGE; ++i) EXPECT(memory[i] == 0);
  puts("zero");
}
static void act_lazy(void) {
  char *memory = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_LAZY, NOFD, 0);
  EXPECT(memory != MAP_FAILED);
  memory[5 * PAGE] = 'a';
  memory[40 * PAGE + 17] = 'b';
  EXPECT(memory[5 * PAGE] == 'a' && memory[40 * PAGE + 17] == 'b' && memory[6 * PAGE] == 0);
  puts("three pages");
}
static void act_private_copy(void) {
  const int fd = object("/original", SHMCTL_ANON, 2 * PAGE);
  char *original = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  strcpy(original + PAGE, "original");
  char *copy = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  EXPECT(strcmp(copy + PAGE, "original") == 0);
  strcpy(copy + PAGE, "changed");
  EXPECT(strcmp(original + PAGE, "original") == 0 && strcmp(copy + PAGE, "changed") == 0);
  puts("its own");
}
static void act_read_only(void) {
  const int fd = object("/constant", SHMCTL_ANON, PAGE);
  volatile char *memory = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  EXPECT(memory[0] == 0);
  memory[0] = 1;
}
static void act_unmapped(void) {
  volatile char *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, NOFD, 0);
  memory[0] = 1;
  EXPECT(munmap((void *)memory, PAGE) == 0);
  puts("gone");
  memory[0] = 1;
}
static void act_typed(void) {
  struct posix_typed_mem_info info;
  const int pool = posix_typed_mem_open("ram/sysram", O_RDWR, POSIX_TYPED_MEM_ALLOCATE_CONTIG);
  EXPECT(pool >= 0);
  EXPECT(posix_typed_mem_get_info(pool, &info) == 0 && info.posix_tmi_length > 0);
  char *memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, pool, 0);
  EXPECT(memory != MAP_FAILED);
  memset(memory, 1, 4 * PAGE);
  struct _mem_info ask = {.type = _MEM_INFO, .fd = pool};
  _Uint64t free_bytes = 0;
  EXPECT(MsgSend(MEMMGR_COID, &ask, sizeof ask, &free_bytes, sizeof free_bytes) == 0 && free_bytes > 0);
  puts("typed");
}
/* Writes, then waits for another to have the frames moved, and looks again. */
static void act_moved(void) {
  char *memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, NOFD, 0);
  off_t before, after;
  for (int i = 0; i < 4 * PAGE; ++i) memory[i] = (char)(i / 7);
  EXPECT(mem_offset64(memory, NOFD, 1, &before, NULL) == 0);
  delay(10);
  EXPECT(mem_offset64(memory, NOFD, 1, &after, NULL) == 0);
  for (int i = 0; i < 4 * PAGE; ++i) EXPECT(memory[i] == (char)(i / 7));
  printf("%s\n", before != after ? "moved, and the same" : "did not move");
}
/* Adds memory that was reserved, and in which something stood, to what all may have. */
static void act_pmem(void) {
  const size_t most = 12u << 20;
  mem_pmem_add_t message = {.i = {.type = _MEM_PMEM_ADD, .addr = 0x1800000, .len = 0x400000}};
  char *image = mmap_device_memory(NULL, PAGE, PROT_READ | PROT_WRITE, 0, 0x1800000);
  EXPECT(image != MAP_FAILED);
  strcpy(image, "of the loader");
  EXPECT(munmap_device_memory(image, PAGE) == 0);
  EXPECT(mmap(NULL, most, PROT_READ, MAP_PRIVATE | MAP_ANON | MAP_PHYS, NOFD, 0) == MAP_FAILED && errno == ENOMEM);
  EXPECT(MsgSend(MEMMGR_COID, &message.i, sizeof message.i, NULL, 0) == 0);
  EXPECT(MsgSend(MEMMGR_COID, &message.i, sizeof message.i, NULL, 0) == -1 && errno == EINVAL);
  const char *memory = mmap(NULL, most, PROT_READ, MAP_PRIVATE | MAP_ANON | MAP_PHYS, NOFD, 0);
  EXPECT(memory != MAP_FAILED);
  for (size_t at = 0; at < most; at += PAGE) EXPECT(memory[at] == 0);
  puts("added");
}
static void act_errno(void) {
  EXPECT(shm_open("/none", O_RDWR, 0) == -1 && errno == ENOENT);
  EXPECT(shm_ctl(77, SHMCTL_ANON, 0, PAGE) == -1 && errno == EBADF);
  EXPECT(close(77) == -1 && errno == EBADF);
  EXPECT(mmap(NULL, 0, PROT_READ, MAP_SHARED, 3, 0) == MAP_FAILED && errno == EINVAL);
  EXPECT(MsgSend(12, "", 0, NULL, 0) == -1 && errno == EBADF);
  EXPECT(MsgSend(MEMMGR_COID, NULL, 24, NULL, 0) == -1 && errno == EFAULT);
  EXPECT(MsgReply(3, 0, NULL, 0) == -1 && errno == ESRCH);
  struct _mem_obj_info ask = {.type = _MEM_OBJ_INFO, .fd = 99, .length = PAGE};
  EXPECT(MsgSend(MEMMGR_COID, &ask, sizeof ask, NULL, 0) == -1 && errno == EBADF);
  ask.type = 0x6f;
  EXPECT(MsgSend(MEMMGR_COID, &ask, sizeof ask, NULL, 0) == -1 && errno == ENOSYS);
  puts("errnos");
}

static void act_protect(void) {
  const int fd = object("/guarded", SHMCTL_ANON, 2 * PAGE);
  char *memory = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
  char *copy = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
  off_t paddr, again;
  size_t contiguous;
  int told = 0;
  EXPECT(mprotect(memory, PAGE, PROT_READ | PROT_WRITE) == 0);
  strcpy(memory, "written");
  EXPECT(strcmp(copy, "written") == 0);
  EXPECT(mprotect(copy, PAGE, PROT_READ | PROT_WRITE) == 0 && strcmp(copy, "written") == 0);
  strcpy(copy, "its own");
  EXPECT(strcmp(memory, "written") == 0 && strcmp(copy, "its own") == 0);
  EXPECT(mprotect(memory + 999 * PAGE, PAGE, PROT_READ) == -1 && errno == ENOMEM);
  EXPECT(mprotect(memory, PAGE, 1) == -1 && errno == EINVAL);
  EXPECT(mlockall(0) == -1 && errno == EINVAL);
  EXPECT(mlockall(MCL_CURRENT | MCL_FUTURE) == 0 && munlockall() == 0);
  EXPECT(posix_mem_offset(memory + 5, PAGE, &paddr, &contiguous, &told) == 0 && told == NOFD);
  EXPECT(mem_offset64(memory + 5, NOFD, PAGE, &again, NULL) == 0 && paddr == again && contiguous > 0);
  EXPECT(posix_mem_offset(memory + 999 * PAGE, PAGE, &paddr, &contiguous, &told) == EACCES);
  EXPECT(mprotect(memory, PAGE, PROT_READ) == 0);
  puts("guarded");
  memory[0] = 1;
}
/* Hands an object to the next process, and takes it away again. */
static void act_lender(void) {
  const int fd = shm_open(SHM_ANON, O_RDWR | O_CREAT, 0600);
  shm_handle_t handle = 0;
  struct {
    _Uint16t type;
    char rest[14];
  } message;
  const int chid = ChannelCreate(0);
  EXPECT(shm_ctl(fd, SHMCTL_ANON | SHMCTL_REVOCABLE, 0, PAGE) == 0);
  char *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  strcpy(memory, "lent");
  int rcvid = MsgReceive(chid, &message, sizeof message, NULL);
  EXPECT(shm_create_handle(fd, 3, O_RDONLY, &handle, 1) == -1 && errno == EINVAL);
  EXPECT(shm_create_handle(fd, 99, O_RDONLY, &handle, 0) == -1 && errno == ESRCH);
  EXPECT(shm_create_handle(fd, 3, O_RDONLY, &handle, 0) == 0);
  EXPECT(shm_open_handle(handle, O_RDONLY) == -1 && errno == ESRCH);
  EXPECT(MsgReply(rcvid, 0, &handle, sizeof handle) == 0);
  rcvid = MsgReceive(chid, &message, sizeof message, NULL);
  EXPECT(shm_revoke(fd, -1) == 0);
  EXPECT(MsgReply(rcvid, 0, NULL, 0) == 0 && strcmp(memory, "lent") == 0);
  puts("taken back");
}
static void act_borrower(void) {
  _Uint16t type = 0x200;
  shm_handle_t handle = 0;
  const int coid = ConnectAttach(ND_LOCAL_NODE, 2, 1, _NTO_SIDE_CHANNEL, 0);
  EXPECT(MsgSend(coid, &type, sizeof type, &handle, sizeof handle) == 0 && handle != 0);
  EXPECT(shm_open_handle(handle, O_RDWR) == -1 && errno == EACCES);
  const int fd = shm_open_handle(handle, O_RDONLY);
  EXPECT(fd >= 0 && shm_open_handle(handle, O_RDONLY) == -1 && errno == ESRCH);
  volatile char *memory = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  EXPECT(memory[0] == 'l' && mprotect((void *)memory, PAGE, PROT_READ | PROT_WRITE) == -1 && errno == EACCES);
  EXPECT(MsgSend(coid, &type, sizeof type, NULL, 0) == 0);
  EXPECT(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EBADF && close(fd) == 0);
  puts("gone");
  memory[0];
}

/* --- messages */

struct request {
  _Uint16t type;
  _Uint16t zero;
  _Uint32t number;
  _Int64t value;
  char text[100];
};
static void act_serve(void) {
  const int chid = ChannelCreate(_NTO_CHF_DISCONNECT);
  struct request request;
  struct _msg_info info;
  EXPECT(chid == 1);
  for (;;) {
    memset(&request, 0, sizeof request);
    const int rcvid = MsgReceive(chid, &request, sizeof request, &info);
    EXPECT(rcvid >= 0);
    if (rcvid == 0) {
      const struct _pulse *pulse = (const struct _pulse *)&request;
      printf("pulse %d value %d\n", pulse->code, pulse->value.sival_int);
      if (pulse->code < 0) break;
      continue;
    }
    printf("type %x value %ld text %.20s bytes %d of %d, room %d, pid %d\n", request.type, (long)request.value,
           info.msglen > 16 ? request.text : "", info.msglen, info.srcmsglen, info.dstmsglen, info.pid);
    if (request.type == 0x102) {
      EXPECT(MsgError(rcvid, EBUSY) == 0);
      continue;
    }
    char rest[8] = "";
    if (info.srcmsglen > 120) EXPECT(MsgRead(rcvid, rest, sizeof rest, 120) == 8);
    if (info.dstmsglen >= 40) EXPECT(MsgWrite(rcvid, "written first", 13, 20) == 13);
    const _Int64t answer[2] = {request.value * 2, 7};
    const iov_t parts[2] = {{(void *)answer, sizeof answer}, {rest, 4}};
    EXPECT(MsgReplyv(rcvid, 11, parts, 2) == 0);
  }
}
static void act_client(void) {
  struct {
    struct request request;
    char rest[8];
  } message = {{0x101, 0, 0, 21, "hello"}, "1234567"};
  char reply[40] = "";
  _Int64t value;
  const int coid = ConnectAttach(ND_LOCAL_NODE, 2, 1, _NTO_SIDE_CHANNEL, 0);
  EXPECT(coid >= 0);
  EXPECT(MsgSend(coid, &message, sizeof message, reply, sizeof reply) == 11);
  memcpy(&value, reply, sizeof value);
  EXPECT(value == 42 && memcmp(reply + 16, "1234", 4) == 0 && strncmp(reply + 20, "written first", 13) == 0);
  message.request.type = 0x102;
  EXPECT(MsgSend(coid, &message, 116, reply, sizeof reply) == -1 && errno == EBUSY);
  EXPECT(MsgSendPulse(coid, -1, 5, 99) == 0);
  EXPECT(ConnectDetach(coid) == 0);
  puts("served");
}
static void act_yaml_client(void) {
  struct request request = {0x105, 0, 0, 1234, ""};
  _Int64t reply[2] = {0, 0};
  const int coid = ConnectAttach(ND_LOCAL_NODE, 2, 1, 0, 0);
  EXPECT(coid >= 0);
  EXPECT(MsgSend(coid, &request, sizeof request, reply, sizeof reply) == 4);
  printf("reply %ld\n", (long)reply[0]);
}
static void act_long_message(void) {
  static char big[17 << 20];
  EXPECT(MsgSend(MEMMGR_COID, big, sizeof big, NULL, 0) == -1 && errno == EMSGSIZE);
  puts("too long");
}
/* --- what a driver is told */

/* Serves interrupts by pulse, a timer, and clients that want to be told of every second interrupt. */
static void act_driver(void) {
  struct sigevent event, told = {.sigev_notify = SIGEV_NONE};
  struct itimerspec every = {{0, 400000}, {0, 1000000}};
  struct itimerspec before;
  union {
    struct _pulse pulse;
    struct {
      _Uint16t type;
      struct sigevent event;
    } request;
  } message;
  struct _msg_info info;
  timer_t timer;
  int client = 0, ticks = 0;
  name_attach_t *name = name_attach(NULL, "driver", 0);
  EXPECT(name != NULL && name_attach(NULL, "driver", 0) == NULL && errno == EEXIST);
  const int self = ConnectAttach(ND_LOCAL_NODE, 0, name->chid, _NTO_SIDE_CHANNEL, 0);
  SIGEV_PULSE_INIT(&event, self, 30, 1, 0);
  const int id = InterruptAttachEvent(7, &event, _NTO_INTR_FLAGS_TRK_MSK);
  EXPECT(id > 0 && InterruptAttachEvent(8, &event, 0) == -1 && errno == EINVAL);
  SIGEV_PULSE_INIT(&event, self, SIGEV_PULSE_PRIO_INHERIT, 2, 0);
  EXPECT(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &every, &before) == 0);
  EXPECT(before.it_value.tv_nsec == 0 && before.it_interval.tv_nsec == 0);
  EXPECT(timer_settime(timer, 0, &every, &before) == 0 && before.it_interval.tv_nsec == every.it_interval.tv_nsec);
  EXPECT(before.it_value.tv_nsec == every.it_value.tv_nsec);
  for (int interrupts = 0; interrupts < 4;) {
    const int rcvid = MsgReceive(name->chid, &message, sizeof message, &info);
    if (rcvid > 0) {
      printf("client at priority %d over %d, scoid %x\n", info.priority, info.coid & 0xfff, info.scoid);
      told = message.request.event;
      client = rcvid;
      EXPECT(MsgReply(rcvid, 0, NULL, 0) == 0);
    } else if (message.pulse.code == 1) {
      EXPECT(InterruptUnmask(7, id) == 0);
      if (++interrupts % 2 == 0) EXPECT(MsgDeliverEvent(client, &told) == 0);
    } else if (message.pulse.code == 2) {
      ++ticks;
    }
  }
  printf("ticks %d at %llu ms\n", ticks, (unsigned long long)ClockCycles() / 1000000);
  EXPECT(timer_delete(timer) == 0 && timer_delete(timer) == -1 && errno == EINVAL);
  EXPECT(InterruptDetach(id) == 0 && InterruptDetach(id) == -1 && errno == EINVAL);
  do {
    EXPECT(MsgReceivePulse(name->chid, &message, sizeof message, NULL) == 0);
  } while (message.pulse.code != _PULSE_CODE_DISCONNECT);
  EXPECT(ConnectDetach(message.pulse.scoid) == 0);
  EXPECT(MsgDeliverEvent(client, &told) == -1 && errno == ESRCH);
  EXPECT(name_detach(name, 0) == 0 && name_open("driver", 0) == -1 && errno == ENOENT);
  puts("done");
}
static void act_told_client(void) {
  struct {
    _Uint16t type;
    struct sigevent event;
  } request = {.type = 0x200};
  struct _pulse pulse;
  const int chid = ChannelCreate(0);
  const int self = ConnectAttach(ND_LOCAL_NODE, 0, chid, _NTO_SIDE_CHANNEL, 0);
  const int coid = name_open("driver", 0);
  EXPECT(coid >= 0);
  SIGEV_PULSE_INIT(&request.event, self, 12, 3, 4711);
  EXPECT(MsgSend(coid, &request, sizeof request, NULL, 0) == 0);
  for (int i = 0; i < 2; ++i) {
    EXPECT(MsgReceivePulse(chid, &pulse, sizeof pulse, NULL) == 0);
    printf("told %d %d\n", pulse.code, pulse.value.sival_int);
  }
  EXPECT(name_close(coid) == 0);
}
/* A thread that waits for interrupts itself. */
static void act_interrupt_thread(void) {
  const _Uint64t soon = 300000;
  EXPECT(InterruptAttachThread(7, 0) > 0);
  EXPECT(InterruptWait(0, &soon) == -1 && errno == ETIMEDOUT);
  EXPECT(InterruptWait(0, NULL) == 0);
  EXPECT(InterruptMask(7, -1) == 2 && InterruptUnmask(7, -1) == 1 && InterruptUnmask(7, -1) == 0);
  EXPECT(TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_INTR, NULL, &soon, NULL) == 0);
  EXPECT(InterruptWait(0, NULL) == -1 && errno == ETIMEDOUT);
  printf("at %llu us\n", (unsigned long long)ClockCycles() / 1000);
}
/* Serves on a channel without _NTO_CHF_UNBLOCK so many clients that give up. */
static void act_serve_mortals(const char *count) {
  const int chid = ChannelCreate(0);
  int last = 0;
  char message[16];
  for (long i = strtol(count, NULL, 0); i > 0; --i) last = MsgReceive(chid, message, sizeof message, NULL);
  printf("the last was %s\n", last <= 130 ? "small" : "large");
}
static void act_calls(const char *count) {
  for (long i = strtol(count, NULL, 0); i > 0; --i) lseek(99, 0, SEEK_SET);
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    void (*play)(void);
  } acts[] = {
      {"return", act_return},
      {"status", act_status},
      {"crash", act_crash},
      {"abort", act_abort},
      {"loop", act_loop},
      {"leak", act_leak},
      {"no_newline", act_no_newline},
      {"refused", act_refused},
      {"raw", act_raw},
      {"compute", act_compute},
      {"close_link", act_close_link},
      {"nonsense_on_link", act_nonsense_on_link},
      {"time", act_time},
      {"poll_clock", act_poll_clock},
      {"timeout", act_timeout},
      {"contents", act_contents},
      {"zero_again", act_zero_again},
      {"lazy", act_lazy},
      {"private_copy", act_private_copy},
      {"read_only", act_read_only},
      {"unmapped", act_unmapped},
      {"typed", act_typed},
      {"moved", act_moved},
      {"pmem", act_pmem},
      {"errno", act_errno},
      {"serve", act_serve},
      {"client", act_client},
      {"yaml_client", act_yaml_client},
      {"long_message", act_long_message},
      {"driver", act_driver},
      {"protect", act_protect},
      {"lender", act_lender},
      {"borrower", act_borrower},
      {"told_client", act_told_client},
      {"interrupt_thread", act_interrupt_thread},
  };
  if (argc > 2 && strcmp(argv[1], "scribble") == 0) return act_scribble(argv[2]), 0;
  if (argc > 2 && strcmp(argv[1], "serve_mortals") == 0) return act_serve_mortals(argv[2]), 0;
  if (argc > 2 && strcmp(argv[1], "calls") == 0) return act_calls(argv[2]), 0;
  for (size_t i = 0; argc > 1 && i < sizeof acts / sizeof acts[0]; ++i) {
    if (strcmp(argv[1], acts[i].name) == 0) return acts[i].play(), 0;
  }
  fprintf(stderr, "there is no such act\n");
  return 2;
}
