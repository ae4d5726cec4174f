/* Messages to the memory manager. Layouts and numbers are those of the 7.1 and 8.0 releases. */
#ifndef MEMSIM_SYS_MEMMSG_H
#define MEMSIM_SYS_MEMMSG_H

#include <sys/neutrino.h>
#include <sys/platform.h>

#define MEMMGR_PID SYSMGR_PID
#define MEMMGR_CHID SYSMGR_CHID
#define MEMMGR_COID SYSMGR_COID

enum {
  _MEM_MAP = 0x40,
  _MEM_CTRL,
  _MEM_INFO,
  _MEM_OFFSET,
  _MEM_DEBUG_INFO,
  _MEM_SWAP,
  _MEM_PMEM_ADD,
  _MEM_PEER,
  _MEM_DEBUG_CMD,
  _MEM_DEBUG_INFO64,
  _MEM_OBJ_INFO,
  _MEM_SHMEM_HANDLE,
  _MEM_SHMEM_REVOKE
};

/* Where the memory of an object lies: the request, and an array of segments for the reply. How many there are is what
   MsgSend() returns. */
struct _mem_obj_info {
  _Uint16t type;
  _Uint16t zero;
  _Int32t fd;
  _Uint64t offset;
  _Uint64t length;
};
__MEMSIM_FIELD_AT(struct _mem_obj_info, fd, 4);
__MEMSIM_FIELD_AT(struct _mem_obj_info, offset, 8);
__MEMSIM_FIELD_AT(struct _mem_obj_info, length, 16);
__MEMSIM_SIZE_IS(struct _mem_obj_info, 24);

struct _mem_obj_segment {
  _Uint64t offset;
  _Uint64t paddr;
  _Uint64t length;
};
__MEMSIM_FIELD_AT(struct _mem_obj_segment, paddr, 8);
__MEMSIM_FIELD_AT(struct _mem_obj_segment, length, 16);
__MEMSIM_SIZE_IS(struct _mem_obj_segment, 24);

struct _mem_obj_info_reply {
  __FLEXARY(struct _mem_obj_segment, segments);
};

typedef union {
  struct _mem_obj_info i;
  struct _mem_obj_info_reply o;
} mem_obj_info_t;
__MEMSIM_SIZE_IS(mem_obj_info_t, 24);

/* Memory that was reserved at the start and becomes general memory. Nothing is replied. */
struct _mem_pmem_add {
  _Uint16t type;
  _Uint16t zero1;
  _Uint32t zero2;
  _Uint64t addr;
  _Uint64t len;
};
__MEMSIM_FIELD_AT(struct _mem_pmem_add, addr, 8);
__MEMSIM_FIELD_AT(struct _mem_pmem_add, len, 16);
__MEMSIM_SIZE_IS(struct _mem_pmem_add, 24);

typedef union {
  struct _mem_pmem_add i;
} mem_pmem_add_t;
__MEMSIM_SIZE_IS(mem_pmem_add_t, 24);

/* How much typed memory is free: posix_typed_mem_get_info() sends this. memsim takes the descriptor as _MEM_OBJ_INFO
   has it, and replies with the free bytes. */
struct _mem_info {
  _Uint16t type;
  _Uint16t zero;
  _Int32t fd;
  _Uint64t reserved[2];
};
__MEMSIM_SIZE_IS(struct _mem_info, 24);

#endif
