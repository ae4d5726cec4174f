/* A client of ring_driver: queues buffers of its own, scattered as they are, and checks each byte that comes back.

       ring_client DRIVER_PID [BUFFERS [BYTES]] */
#include <errno.h>
#include <fcntl.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/neutrino.h>
#include <unistd.h>

#include "ring.h"

static unsigned char pattern(size_t buffer, size_t byte) { return (unsigned char)(buffer * 31 + byte * 5 + byte / 256); }

struct buffer {
  int fd;
  unsigned char *bytes;
};

static int failed(const char *call) {
  fprintf(stderr, "%s: %s\n", call, strerror(errno));
  return 1;
}

/* The segments of the buffer's memory, as the driver wants them. */
static int describe(int fd, struct ring_submit *work) {
  const struct _mem_obj_info ask = {.type = _MEM_OBJ_INFO, .fd = fd, .length = SIZE_MAX};
  const long count = MsgSend(MEMMGR_COID, &ask, sizeof ask, work->segments, sizeof work->segments);
  if (count == -1) return -1;
  work->segment_count = (_Uint16t)count;
  return 0;
}

static int make_buffer(struct buffer *buffer, size_t number, size_t size) {
  buffer->fd = shm_open(SHM_ANON, O_RDWR | O_CREAT, 0600);
  if (buffer->fd == -1) return failed("shm_open");
  if (shm_ctl(buffer->fd, SHMCTL_ANON, 0, size) == -1) return failed("shm_ctl");
  buffer->bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, buffer->fd, 0);
  if (buffer->bytes == MAP_FAILED) return failed("mmap");
  for (size_t i = 0; i < size; ++i) buffer->bytes[i] = pattern(number, i);
  return 0;
}

static int is_processed(const struct buffer *buffer, size_t number, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (buffer->bytes[i] != ring_processed(pattern(number, i))) return 0;
  }
  return 1;
}

int main(int argc, char **argv) {
  const pid_t driver = argc > 1 ? (pid_t)strtol(argv[1], NULL, 0) : 2;
  const size_t count = argc > 2 ? strtoul(argv[2], NULL, 0) : 4;
  const size_t size = argc > 3 ? strtoul(argv[3], NULL, 0) : 10000;
  struct buffer *buffers = calloc(count, sizeof *buffers);
  size_t right = 0;
  const int chid = ChannelCreate(0);
  const int coid = ConnectAttach(ND_LOCAL_NODE, driver, 1, _NTO_SIDE_CHANNEL, 0);
  if (coid == -1) return failed("ConnectAttach");

  for (size_t i = 0; i < count; ++i) {
    struct ring_submit work = {.type = RING_SUBMIT, .buffer = (_Uint32t)i, .chid = chid};
    if (make_buffer(&buffers[i], i, size) != 0) return 1;
    if (describe(buffers[i].fd, &work) != 0) return failed("_MEM_OBJ_INFO");
    while (MsgSend(coid, &work, sizeof work, NULL, 0) == -1) {
      if (errno != EBUSY) return failed("MsgSend");
      delay(1); /* the ring is full */
    }
  }
  for (size_t i = 0; i < count; ++i) {
    struct _pulse pulse;
    if (MsgReceive(chid, &pulse, sizeof pulse, NULL) != 0) return failed("MsgReceive");
    right += (size_t)is_processed(&buffers[pulse.value.sival_int], (size_t)pulse.value.sival_int, size);
  }
  printf("%zu of %zu buffers came back right\n", right, count);
  free(buffers);
  return right == count ? 0 : 1;
}
