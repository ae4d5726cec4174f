/* What the driver of a DMA engine and its clients say to each other. */
#ifndef RING_H
#define RING_H

#include <sys/memmsg.h>

#define RING_SUBMIT 0x200
#define RING_DONE 1 /* code of the pulse; its value is the buffer's number */
#define RING_SLOTS 8
#define RING_SEGMENTS 64

struct ring_submit {
  _Uint16t type;
  _Uint16t segment_count;
  _Uint32t buffer; /* the client's number for it */
  _Int32t chid;    /* where the client wants its pulse */
  _Int32t zero;
  struct _mem_obj_segment segments[RING_SEGMENTS];
};

/* What the engine does with each byte. */
static inline unsigned char ring_processed(unsigned char byte) { return (unsigned char)(byte * 7 + 1); }

#endif
