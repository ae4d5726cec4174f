/* Where does the memory of a shared memory object lie? Creates one, gives it memory, and asks the memory manager for its
   physical segments, with a reply buffer that holds as many as the second argument says; then again from where the last
   reply ended.

       memsim exec walk.c [BYTES [SEGMENTS]] */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/memmsg.h>
#include <sys/mman.h>
#include <unistd.h>

static int failed(const char *call) {
  fprintf(stderr, "%s: %s\n", call, strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  const unsigned long size = argc > 1 ? strtoul(argv[1], NULL, 0) : 13 * __PAGESIZE;
  const unsigned long room = argc > 2 ? strtoul(argv[2], NULL, 0) : 3;
  const size_t reply_bytes = room * sizeof(struct _mem_obj_segment);
  const size_t bytes = reply_bytes > sizeof(mem_obj_info_t) ? reply_bytes : sizeof(mem_obj_info_t);
  mem_obj_info_t *msg = malloc(bytes);
  unsigned long end = 0;
  long count;

  const int fd = shm_open("/frame", O_RDWR | O_CREAT, 0600);
  if (fd == -1) return failed("shm_open");
  if (shm_ctl(fd, SHMCTL_ANON, 0, size) == -1) return failed("shm_ctl");

  do {
    memset(msg, 0, bytes);
    msg->i.type = _MEM_OBJ_INFO;
    msg->i.fd = fd;
    msg->i.offset = end;
    msg->i.length = SIZE_MAX;
    count = MsgSend(MEMMGR_COID, msg, sizeof msg->i, msg, reply_bytes);
    if (count == -1) return failed("MsgSend");
    printf("%ld of at most %lu segments:\n", count, room);
    for (long i = 0; i < count; ++i) {
      const struct _mem_obj_segment *segment = &msg->o.segments[i];
      printf("  offset %6lx  paddr %8lx  length %6lx\n", segment->offset, segment->paddr, segment->length);
      end = segment->offset + segment->length;
    }
  } while (count > 0 && end < size);

  printf("%s\n", end == size ? "That is all of it." : "The rest cannot be seen.");
  close(fd);
  shm_unlink("/frame");
  free(msg);
  return 0;
}
