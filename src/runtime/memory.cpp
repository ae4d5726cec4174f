// Shared, anonymous, typed and physical memory.
#include <fcntl.h>
#include <sys/memmsg.h>
#include <sys/mman.h>
#include <cerrno>

#include "runtime/link/ask.hpp"

namespace memsim::runtime {
namespace {

// The program has the host's O_*, the modelled system its own.
std::int64_t open_flags(int flags) {
  std::int64_t own = flags & O_ACCMODE;
  if ((flags & O_CREAT) != 0) own |= 0x100;
  if ((flags & O_TRUNC) != 0) own |= 0x200;
  if ((flags & O_EXCL) != 0) own |= 0x400;
  return own;
}

int plain(const Question& question) { return static_cast<int>(returned(ask(question))); }
std::int64_t bits(std::uint64_t value) { return static_cast<std::int64_t>(value); }

int shm_ctl_by(ProgramCall call, int fd, int flags, _Uint64t paddr, _Uint64t size, unsigned special) {
  return plain({.call = call, .arguments = {fd, flags, bits(paddr), bits(size), special}});
}

void* map(ProgramCall call, void* addr, size_t len, int prot, int flags, int fd, std::int64_t off) {
  const Result result = ask({.call = call, .arguments = {number(addr), bits(len), prot, flags, fd, off}});
  const long mapped = returned(result);
  return result.error != 0 ? MAP_FAILED : reinterpret_cast<void*>(mapped);
}

int translate(ProgramCall call, const void* addr, int fd, size_t length, off_t* offset, size_t* contig_len) {
  const Result result = ask({.call = call, .arguments = {number(addr), bits(length), fd}});
  if (result.error == 0 && offset != nullptr) *offset = result.results[0];
  if (result.error == 0 && contig_len != nullptr) *contig_len = static_cast<size_t>(result.results[1]);
  return static_cast<int>(returned(result));
}

}  // namespace
}  // namespace memsim::runtime

using namespace memsim::runtime;

extern "C" {

int MEMSIM_WRAPPED(shm_open)(const char* name, int oflag, mode_t mode) {
  const char* const given = name == SHM_ANON ? "SHM_ANON" : name;
  if (given == nullptr) return static_cast<int>(failed(EFAULT));
  return plain({.call = ProgramCall::shm_open, .arguments = {open_flags(oflag), mode}, .text = given});
}
int MEMSIM_WRAPPED(shm_unlink)(const char* name) {
  if (name == nullptr) return static_cast<int>(failed(EFAULT));
  return plain({.call = ProgramCall::shm_unlink, .text = name});
}
int shm_ctl(int fd, int flags, _Uint64t paddr, _Uint64t size) {
  return shm_ctl_by(ProgramCall::shm_ctl, fd, flags, paddr, size, 0);
}
int shm_ctl_special(int fd, int flags, _Uint64t paddr, _Uint64t size, unsigned special) {
  return shm_ctl_by(ProgramCall::shm_ctl_special, fd, flags, paddr, size, special);
}
int MEMSIM_WRAPPED(close)(int fd) { return plain({.call = ProgramCall::close, .arguments = {fd}}); }
int MEMSIM_WRAPPED(dup)(int fd) { return plain({.call = ProgramCall::dup, .arguments = {fd}}); }
off_t MEMSIM_WRAPPED(lseek)(int fd, off_t offset, int whence) {
  return returned(ask({.call = ProgramCall::lseek, .arguments = {fd, offset, whence}}));
}
off_t MEMSIM_WRAPPED(lseek64)(int fd, off_t offset, int whence) { return MEMSIM_WRAPPED(lseek)(fd, offset, whence); }
int MEMSIM_WRAPPED(ftruncate)(int fd, off_t size) {
  return plain({.call = ProgramCall::ftruncate, .arguments = {fd, size}});
}
int MEMSIM_WRAPPED(ftruncate64)(int fd, off_t size) { return MEMSIM_WRAPPED(ftruncate)(fd, size); }

void* MEMSIM_WRAPPED(mmap)(void* addr, size_t len, int prot, int flags, int fd, off_t off) {
  return map(ProgramCall::mmap, addr, len, prot, flags, fd, off);
}
void* MEMSIM_WRAPPED(mmap64)(void* addr, size_t len, int prot, int flags, int fd, off_t off) {
  return map(ProgramCall::mmap, addr, len, prot, flags, fd, off);
}
int MEMSIM_WRAPPED(munmap)(void* addr, size_t len) {
  return plain({.call = ProgramCall::munmap, .arguments = {number(addr), bits(len)}});
}
int MEMSIM_WRAPPED(mlock)(const void* addr, size_t len) {
  return plain({.call = ProgramCall::mlock, .arguments = {number(addr), bits(len)}});
}
int MEMSIM_WRAPPED(munlock)(const void* addr, size_t len) {
  return plain({.call = ProgramCall::munlock, .arguments = {number(addr), bits(len)}});
}
int MEMSIM_WRAPPED(mprotect)(void* addr, size_t len, int prot) {
  return plain({.call = ProgramCall::mprotect, .arguments = {number(addr), bits(len), prot}});
}
int MEMSIM_WRAPPED(mlockall)(int flags) { return plain({.call = ProgramCall::mlockall, .arguments = {flags}}); }
int MEMSIM_WRAPPED(munlockall)() { return plain({.call = ProgramCall::munlockall}); }

int shm_create_handle(int fd, pid_t pid, int flags, shm_handle_t* handle, unsigned options) {
  if (options != 0) return static_cast<int>(failed(EINVAL));
  const Result result = ask({.call = ProgramCall::shm_create_handle, .arguments = {fd, pid, open_flags(flags)}});
  if (result.error != 0) return static_cast<int>(failed(result.error));
  *handle = static_cast<shm_handle_t>(result.value);
  return 0;
}
int shm_open_handle(shm_handle_t handle, int flags) {
  return plain({.call = ProgramCall::shm_open_handle, .arguments = {handle, open_flags(flags)}});
}
int shm_delete_handle(shm_handle_t handle) {
  return plain({.call = ProgramCall::shm_delete_handle, .arguments = {handle}});
}
int shm_revoke(int fd, pid_t pid) { return plain({.call = ProgramCall::shm_revoke, .arguments = {fd, pid}}); }

void* mmap_device_memory(void* addr, size_t len, int prot, int flags, _Uint64t physical) {
  return map(ProgramCall::mmap_device_memory, addr, len, prot, flags | MAP_SHARED | MAP_PHYS, NOFD, bits(physical));
}
int munmap_device_memory(void* addr, size_t len) {
  return plain({.call = ProgramCall::munmap_device_memory, .arguments = {number(addr), bits(len)}});
}

int mem_offset64(const void* addr, int fd, size_t length, off_t* offset, size_t* contig_len) {
  return translate(ProgramCall::mem_offset64, addr, fd, length, offset, contig_len);
}
int mem_offset(const void* addr, int fd, size_t length, off_t* offset, size_t* contig_len) {
  return translate(ProgramCall::mem_offset, addr, fd, length, offset, contig_len);
}

// Its failures are errnos, as of all functions of that name's kind.
int posix_mem_offset(const void* addr, size_t len, off_t* off, size_t* contig_len, int* fd) {
  const Result result = ask({.call = ProgramCall::posix_mem_offset, .arguments = {number(addr), bits(len)}});
  if (result.error != 0) return result.error;
  *off = result.results[0];
  *contig_len = static_cast<size_t>(result.results[1]);
  *fd = NOFD;
  return 0;
}

int posix_typed_mem_open(const char* name, int oflag, int tflag) {
  if (name == nullptr) return static_cast<int>(failed(EFAULT));
  return plain({.call = ProgramCall::posix_typed_mem_open, .arguments = {open_flags(oflag), tflag}, .text = name});
}
int posix_typed_mem_get_info(int fd, struct posix_typed_mem_info* info) {
  const Result result = ask({.call = ProgramCall::posix_typed_mem_get_info, .arguments = {fd}});
  if (result.error == 0) info->posix_tmi_length = static_cast<size_t>(result.results[0]);
  return static_cast<int>(returned(result));
}

}  // extern "C"
