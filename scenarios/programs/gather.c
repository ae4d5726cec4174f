/* A scatter-gather copy by the DMA engine of the scenario: fills one object, has its memory copied to another by their
   physical segments, and looks what came over. Then it gives the engine a descriptor that is wrong. With `iommu`, each
   object lies in one piece at an address of the engine's own, and one descriptor is enough.

       gather ENGINE_PID [BYTES [iommu]] */
#include <errno.h>
#include <fcntl.h>
#include <memsim/dma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/memmsg.h>
#include <sys/mman.h>
#include <sys/neutrino.h>

#define SEGMENTS 512

static struct {
  struct dma_copy head;
  struct dma_descriptor descriptors[2 * SEGMENTS];
} work;

static void stop(const char *call) {
  fprintf(stderr, "%s: %s\n", call, strerror(errno));
  exit(1);
}

struct buffer {
  int fd;
  unsigned char *bytes;
  long segments;
};

static struct buffer make_buffer(size_t size) {
  struct buffer buffer;
  buffer.fd = shm_open(SHM_ANON, O_RDWR | O_CREAT, 0600);
  if (buffer.fd == -1) stop("shm_open");
  if (shm_ctl(buffer.fd, SHMCTL_ANON, 0, size) == -1) stop("shm_ctl");
  buffer.bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, buffer.fd, 0);
  if (buffer.bytes == MAP_FAILED) stop("mmap");
  return buffer;
}

/* Maps the segments to `address` and on. The last one is mapped to the end of its page. */
static struct dma_descriptor map_through(int coid, const struct dma_descriptor *segments, _Uint16t count,
                                         _Uint64t address) {
  static struct {
    struct dma_mappings head;
    struct dma_mapping mappings[SEGMENTS];
  } message;
  struct dma_descriptor whole = {address, 0};
  message.head = (struct dma_mappings){.type = DMA_MAP, .count = count};
  for (_Uint16t i = 0; i < count; ++i) {
    message.mappings[i].address = address + whole.length;
    message.mappings[i].physical = segments[i].address;
    message.mappings[i].length = (segments[i].length + __PAGESIZE - 1) & ~(_Uint64t)(__PAGESIZE - 1);
    whole.length += segments[i].length;
  }
  if (MsgSend(coid, &message, sizeof message.head + count * sizeof message.mappings[0], NULL, 0) == -1) stop("DMA_MAP");
  return whole;
}

/* Appends a descriptor for each segment of the buffer. */
static _Uint16t describe(const struct buffer *buffer, struct dma_descriptor *descriptors) {
  static struct _mem_obj_segment segments[SEGMENTS];
  const struct _mem_obj_info ask = {.type = _MEM_OBJ_INFO, .fd = buffer->fd, .length = SIZE_MAX};
  const long count = MsgSend(MEMMGR_COID, &ask, sizeof ask, segments, sizeof segments);
  if (count == -1) stop("_MEM_OBJ_INFO");
  for (long i = 0; i < count; ++i) {
    descriptors[i].address = segments[i].paddr;
    descriptors[i].length = segments[i].length;
  }
  return (_Uint16t)count;
}

/* Puts the destinations before the sources. */
static void reverse(struct dma_descriptor *list, _Uint16t sources, _Uint16t destinations) {
  static struct dma_descriptor before[2 * SEGMENTS];
  memcpy(before, list, (sources + destinations) * sizeof *list);
  memcpy(list, before + sources, destinations * sizeof *list);
  memcpy(list + destinations, before, sources * sizeof *list);
}

int main(int argc, char **argv) {
  const pid_t engine = argc > 1 ? (pid_t)strtol(argv[1], NULL, 0) : 2;
  const size_t size = argc > 2 ? strtoul(argv[2], NULL, 0) : 100000;
  struct _pulse pulse;
  const int chid = ChannelCreate(0);
  const int coid = ConnectAttach(ND_LOCAL_NODE, engine, DMA_CHID, _NTO_SIDE_CHANNEL, 0);
  if (coid == -1) stop("ConnectAttach");
  const struct buffer from = make_buffer(size);
  const struct buffer to = make_buffer(size);
  for (size_t i = 0; i < size; ++i) from.bytes[i] = (unsigned char)(i * 13 + i / 1000);

  work.head = (struct dma_copy){.type = DMA_COPY, .chid = chid, .value = 77};
  work.head.sources = describe(&from, work.descriptors);
  work.head.destinations = describe(&to, work.descriptors + work.head.sources);
  if (argc > 3 && strcmp(argv[3], "iommu") == 0) {
    struct dma_descriptor *descriptors = work.descriptors;
    const struct dma_descriptor *written = descriptors + work.head.sources;
    const struct dma_descriptor target = map_through(coid, written, work.head.destinations, 0x20000000);
    descriptors[0] = map_through(coid, descriptors, work.head.sources, 0x10000000);
    descriptors[1] = target;
    work.head.sources = work.head.destinations = 1;
  }
  const size_t bytes =
      sizeof work.head + (work.head.sources + work.head.destinations) * sizeof(struct dma_descriptor);
  if (MsgSend(coid, &work, bytes, NULL, 0) == -1) stop("MsgSend");
  printf("%s while the engine works\n", memcmp(from.bytes, to.bytes, size) == 0 ? "there" : "not there yet");
  if (MsgReceive(chid, &pulse, sizeof pulse, NULL) != 0) stop("MsgReceive");
  printf("pulse %d: %u descriptors to read, %u to write, %s\n", pulse.value.sival_int, work.head.sources,
         work.head.destinations, memcmp(from.bytes, to.bytes, size) == 0 ? "all the same" : "not the same");

  /* Back again, without a pulse: the engine's next answer tells that it is done. */
  memset(from.bytes, 0, size);
  const struct dma_copy there = work.head;
  work.head.chid = -1;
  work.head.sources = there.destinations;
  work.head.destinations = there.sources;
  reverse(work.descriptors, there.sources, there.destinations);
  if (MsgSend(coid, &work, bytes, NULL, 0) == -1) stop("MsgSend");

  work.descriptors[0].address += size;
  if (MsgSend(coid, &work, bytes, NULL, 0) == -1) printf("a wrong descriptor: %s\n", strerror(errno));
  printf("and back: %s\n", memcmp(from.bytes, to.bytes, size) == 0 ? "all the same" : "not the same");
  return 0;
}
