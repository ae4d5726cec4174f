// What a program may ask of itself and of other processes, and the streams that are left to it.
#include <process.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>

#include "runtime/link/ask.hpp"
#include "runtime/link/host_call.hpp"

using namespace memsim::runtime;

extern "C" {

pid_t MEMSIM_WRAPPED(getpid)() { return static_cast<pid_t>(own_pid()); }
pid_t MEMSIM_WRAPPED(getppid)() { return 1; }
pid_t MEMSIM_WRAPPED(gettid)() { return static_cast<pid_t>(own_tid()); }
uid_t MEMSIM_WRAPPED(getuid)() { return 0; }
uid_t MEMSIM_WRAPPED(geteuid)() { return 0; }
gid_t MEMSIM_WRAPPED(getgid)() { return 0; }
gid_t MEMSIM_WRAPPED(getegid)() { return 0; }
int MEMSIM_WRAPPED(getpagesize)() { return static_cast<int>(page_bytes()); }
long MEMSIM_WRAPPED(sysconf)(int name) {
  return name == _SC_PAGESIZE ? static_cast<long>(page_bytes()) : refuse(ProgramCall::sysconf);
}

int MEMSIM_WRAPPED(kill)(pid_t pid, int signal) {
  const bool ends = signal == SIGKILL || signal == SIGTERM;
  if (!ends || pid <= 0) return static_cast<int>(returned(ask({.call = ProgramCall::kill})));
  return static_cast<int>(returned(ask({.call = ProgramCall::kill, .arguments = {pid}})));
}
int spawn_process(const char* name) {
  if (name == nullptr) return static_cast<int>(failed(EFAULT));
  return static_cast<int>(returned(ask({.call = ProgramCall::spawn_process, .text = name})));
}

ssize_t MEMSIM_WRAPPED(write)(int fd, const void* bytes, size_t count) {
  if (fd != 1 && fd != 2) return refuse(ProgramCall::write);
  const long written = host_call(SYS_write, fd, as_long(bytes), static_cast<long>(count));
  return written < 0 ? failed(static_cast<int>(-written)) : written;
}
ssize_t MEMSIM_WRAPPED(read)(int fd, void*, size_t) { return fd == 0 ? 0 : refuse(ProgramCall::read); }

}  // extern "C"
