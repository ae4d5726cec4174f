/* Shared, typed and physical memory. The numbers are those of the 7.1 and 8.0 releases; the C library's own header of
   this name has others, and is not read. */
#ifndef MEMSIM_SYS_MMAN_H
#define MEMSIM_SYS_MMAN_H
#define _SYS_MMAN_H 1

#include <sys/platform.h>

#define PROT_NONE 0x00000000
#define PROT_READ 0x00000100
#define PROT_WRITE 0x00000200
#define PROT_EXEC 0x00000400
#define PROT_NOCACHE 0x00000800

#define MAP_SHARED 0x00000001
#define MAP_PRIVATE 0x00000002
#define MAP_FIXED 0x00000010
#define MAP_ELF 0x00000020
#define MAP_LAZY 0x00000080
#define MAP_STACK 0x00001000
#define MAP_BELOW 0x00002000
#define MAP_NOINIT 0x00004000
#define MAP_PHYS 0x00010000
#define MAP_NOINHERIT 0x00020000
#define MAP_ANON 0x00080000
#define MAP_ANONYMOUS MAP_ANON
#define MAP_FAILED ((void *)-1)
#define NOFD (-1)

#define SHMCTL_ANON 0x00000001
#define SHMCTL_PHYS 0x00000002
#define SHMCTL_SEAL 0x00000004
#define SHMCTL_REVOCABLE 0x00000008
#define SHMCTL_GLOBAL 0x00000010
#define SHMCTL_PRIV 0x00000020
#define SHMCTL_LOWERPROT 0x00000040
#define SHMCTL_LAZYWRITE 0x00000080
#define SHMCTL_HIGHUSAGE 0x00000200
#define SHMCTL_LAZY 0x00000400
#define SHMCTL_REPEAT 0x00000800
#define SHMCTL_NODEFRAG 0x00001000
#define SHMCTL_TYMEM 0x00002000
#define SHMCTL_GET_FLAGS 0x00004000
#define SHMCTL_HAS_SPECIAL 0x00008000
#define SHMCTL_FLAG_MASK 0x0000ffff
/* A name for shm_open(): an object without one. */
#define SHM_ANON ((char *)-1)

#define MCL_CURRENT 1
#define MCL_FUTURE 2

#define POSIX_TYPED_MEM_ALLOCATE 1
#define POSIX_TYPED_MEM_ALLOCATE_CONTIG 2
#define POSIX_TYPED_MEM_MAP_ALLOCATABLE 4

struct posix_typed_mem_info {
  size_t posix_tmi_length;
};

__MEMSIM_BEGIN

int shm_open(const char *name, int oflag, mode_t mode);
int shm_unlink(const char *name);
int shm_ctl(int fd, int flags, _Uint64t paddr, _Uint64t size);
int shm_ctl_special(int fd, int flags, _Uint64t paddr, _Uint64t size, unsigned special);

/* Once for one process: shm_open_handle() uses it up. `options` is 0. */
typedef _Uint32t shm_handle_t;
int shm_create_handle(int fd, pid_t pid, int flags, shm_handle_t *handle, unsigned options);
int shm_open_handle(shm_handle_t handle, int flags);
int shm_delete_handle(shm_handle_t handle);
/* From one process, or with -1 from all others. */
int shm_revoke(int fd, pid_t pid);

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off_t off);
int munmap(void *addr, size_t len);
int mlock(const void *addr, size_t len);
int munlock(const void *addr, size_t len);
int mlockall(int flags);
int munlockall(void);
int mprotect(void *addr, size_t len, int prot);
int msync(void *addr, size_t len, int flags);
void *mmap_device_memory(void *addr, size_t len, int prot, int flags, _Uint64t physical);
int munmap_device_memory(void *addr, size_t len);

int mem_offset(const void *addr, int fd, size_t length, off_t *offset, size_t *contig_len);
int mem_offset64(const void *addr, int fd, size_t length, off_t *offset, size_t *contig_len);
int posix_mem_offset(const void *addr, size_t len, off_t *off, size_t *contig_len, int *fd);

int posix_typed_mem_open(const char *name, int oflag, int tflag);
int posix_typed_mem_get_info(int fd, struct posix_typed_mem_info *info);

__MEMSIM_END

#endif
