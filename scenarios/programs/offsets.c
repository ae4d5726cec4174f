/* How drivers asked for the layout of an object before _MEM_OBJ_INFO: map it, lock it, and ask mem_offset64() page by
   page. The two answers are compared, and how long they took.

       offsets [BYTES] */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/memmsg.h>
#include <sys/mman.h>

#define SEGMENTS 256

static int failed(const char *call) {
  fprintf(stderr, "%s: %s\n", call, strerror(errno));
  return 1;
}

static _Uint64t now(void) {
  _Uint64t time;
  ClockTime(CLOCK_MONOTONIC, NULL, &time);
  return time;
}

int main(int argc, char **argv) {
  static struct _mem_obj_segment by_page[SEGMENTS], by_message[SEGMENTS];
  const size_t size = argc > 1 ? strtoul(argv[1], NULL, 0) : 100 * __PAGESIZE;
  const int fd = shm_open("/buffer", O_RDWR | O_CREAT, 0600);
  long segments = 0;
  if (fd == -1) return failed("shm_open");
  if (shm_ctl(fd, SHMCTL_ANON, 0, size) == -1) return failed("shm_ctl");

  const _Uint64t start = now();
  char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) return failed("mmap");
  if (mlock(memory, size) == -1) return failed("mlock");
  for (size_t offset = 0; offset < size; offset += __PAGESIZE) {
    const size_t length = size - offset < __PAGESIZE ? size - offset : __PAGESIZE;
    off_t paddr;
    if (mem_offset64(memory + offset, NOFD, length, &paddr, NULL) == -1) return failed("mem_offset64");
    struct _mem_obj_segment *last = segments > 0 ? &by_page[segments - 1] : NULL;
    if (last != NULL && last->paddr + last->length == (_Uint64t)paddr) {
      last->length += length;
    } else if (segments < SEGMENTS) {
      by_page[segments++] = (struct _mem_obj_segment){offset, (_Uint64t)paddr, length};
    }
  }
  const _Uint64t paged = now();
  const struct _mem_obj_info ask = {.type = _MEM_OBJ_INFO, .fd = fd, .length = SIZE_MAX};
  const long count = MsgSend(MEMMGR_COID, &ask, sizeof ask, by_message, sizeof by_message);
  const _Uint64t told = now();
  if (count == -1) return failed("_MEM_OBJ_INFO");

  const int same = count == segments && memcmp(by_page, by_message, (size_t)count * sizeof by_page[0]) == 0;
  printf("%ld segments, %s\n", count, same ? "the same both ways" : "but not the same");
  printf("page by page: %llu ns; by one message: %llu ns\n", (unsigned long long)(paged - start),
         (unsigned long long)(told - paged));
  return same ? 0 : 1;
}
