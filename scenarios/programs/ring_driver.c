/* The driver of a DMA engine: clients queue buffers by their physical segments; for each it reads all of the buffer over
   the bus, writes back what the engine made of it, and sends the client a pulse. It ends when the last client has gone.

       ring_driver [CLIENTS] */
#include <errno.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/neutrino.h>

#include "ring.h"

struct slot {
  int coid; /* of the client */
  struct ring_submit work;
};
static struct slot ring[RING_SLOTS];
static unsigned first, used;

union incoming {
  struct _pulse pulse;
  struct ring_submit submit;
};

static int process_segment(const struct _mem_obj_segment *segment) {
  unsigned char *bus = mmap_device_memory(NULL, segment->length, PROT_READ | PROT_WRITE, 0, segment->paddr);
  if (bus == MAP_FAILED) return -1;
  for (_Uint64t i = 0; i < segment->length; ++i) bus[i] = ring_processed(bus[i]);
  return munmap_device_memory(bus, segment->length);
}

static void process_first(void) {
  struct slot *slot = &ring[first];
  for (unsigned i = 0; i < slot->work.segment_count; ++i) {
    if (process_segment(&slot->work.segments[i]) != 0) fprintf(stderr, "segment %u: %s\n", i, strerror(errno));
  }
  delay(1); /* the engine at work */
  MsgSendPulse(slot->coid, -1, RING_DONE, (int)slot->work.buffer);
  ConnectDetach(slot->coid);
  first = (first + 1) % RING_SLOTS;
  --used;
}

static int submit(const struct ring_submit *work, const struct _msg_info *info) {
  struct slot *slot = &ring[(first + used) % RING_SLOTS];
  if (used == RING_SLOTS) return EBUSY;
  if (work->segment_count > RING_SEGMENTS) return E2BIG;
  slot->work = *work;
  slot->coid = ConnectAttach(ND_LOCAL_NODE, info->pid, work->chid, _NTO_SIDE_CHANNEL, 0);
  if (slot->coid == -1) return errno;
  ++used;
  return EOK;
}

int main(int argc, char **argv) {
  const int chid = ChannelCreate(_NTO_CHF_DISCONNECT);
  long clients = argc > 1 ? strtol(argv[1], NULL, 0) : 1;
  unsigned long processed = 0;
  while (clients > 0 || used > 0) {
    static union incoming incoming;
    struct _msg_info info;
    const _Uint64t at_once = 0;
    if (used > 0) TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_RECEIVE, NULL, &at_once, NULL);
    const int rcvid = MsgReceive(chid, &incoming, sizeof incoming, &info);
    if (rcvid > 0) {
      MsgError(rcvid, submit(&incoming.submit, &info));
    } else if (rcvid == 0) {
      if (incoming.pulse.code == _PULSE_CODE_DISCONNECT) --clients;
    } else if (errno == ETIMEDOUT) {
      process_first();
      ++processed;
    }
  }
  printf("%lu buffers processed\n", processed);
  return 0;
}
