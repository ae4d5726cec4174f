/* What programs send to a DMA engine of the scenario (`device: {dma: {...}}`): a list of descriptors to read, and one to
   write to. The engine checks each descriptor against its limits before it accepts the work. */
#ifndef MEMSIM_DMA_H
#define MEMSIM_DMA_H

#include <sys/platform.h>

#define DMA_COPY 0x300   /* the type of the message */
#define DMA_DONE 0       /* the code of the pulse */
#define DMA_CHID 1       /* the engine's channel */
#define DMA_MAX_DESCRIPTORS 65535

/* An address on the bus, which is a physical one. A segment of a _MEM_OBJ_INFO reply has both. */
struct dma_descriptor {
  _Uint64t address;
  _Uint64t length;
};
__MEMSIM_SIZE_IS(struct dma_descriptor, 16);

/* The head of the message; `sources` descriptors follow it, then `destinations`. All sources together are as long as all
   destinations. The reply comes as soon as the work is accepted: status 0, or EINVAL where a descriptor is wrong, which
   the run notes. When the data is there, the client gets a pulse of `value` on its channel `chid`; -1: none. */
struct dma_copy {
  _Uint16t type;
  _Uint16t sources;
  _Uint16t destinations;
  _Uint16t zero;
  _Int32t chid;
  _Int32t value;
};
__MEMSIM_SIZE_IS(struct dma_copy, 16);

/* An engine with an IOMMU has addresses of its own, which are nothing until they are mapped. All mappings of a message are
   made, or none; the reply's status is 0, or EINVAL, and the run notes what was wrong. `physical` is not looked at where a
   range is unmapped. */
#define DMA_MAP 0x301
#define DMA_UNMAP 0x302

struct dma_mappings {
  _Uint16t type;
  _Uint16t count;
  _Uint32t zero;
};
__MEMSIM_SIZE_IS(struct dma_mappings, 8);

struct dma_mapping {
  _Uint64t address;
  _Uint64t physical;
  _Uint64t length;
};
__MEMSIM_SIZE_IS(struct dma_mapping, 24);

#endif
