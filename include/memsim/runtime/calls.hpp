// The calls that a program of the host can make, one table: the runtime library's entries, the options with which
// `memsim cc` links, memsim's dispatch and `memsim calls --programs` are all made from it.
//
//   X(symbol, how, header, text)
//
// `how` is
//   kernel   a call of the simulated kernel or memory manager: it takes simulated time
//   here     answered by what the simulation knows, without a simulated call
//   refused  not simulated: the call fails with ENOSYS, and the run has a note that says so
// and with an L before it (Lkernel) the C library has one of that name, which is then never reached: the linker wraps
// it. What belongs to threads has the C library's name itself, so that the library of C++ finds it too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace memsim::link {

// The formatter never settles on where the backslashes go.
// clang-format off
#define MEMSIM_PROGRAM_CALLS(X) \
  X(shm_open, Lkernel, "sys/mman.h", "opens or creates a shared memory object; SHM_ANON for one without a name") \
  X(shm_unlink, Lkernel, "sys/mman.h", "removes an object's name") \
  X(shm_ctl, kernel, "sys/mman.h", "gives an object its memory") \
  X(shm_ctl_special, kernel, "sys/mman.h", "shm_ctl() with flags of the processor") \
  X(close, Lkernel, "unistd.h", "closes a descriptor or breaks a connection") \
  X(dup, Lkernel, "unistd.h", "duplicates a descriptor") \
  X(lseek, Lkernel, "unistd.h", "moves a descriptor's position") \
  X(ftruncate, Lkernel, "unistd.h", "sets an ordinary object's size") \
  X(mmap, Lkernel, "sys/mman.h", "maps an object, anonymous, typed or physical memory") \
  X(munmap, Lkernel, "sys/mman.h", "unmaps a range") \
  X(mlock, Lkernel, "sys/mman.h", "locks a range in memory") \
  X(munlock, Lkernel, "sys/mman.h", "unlocks a range") \
  X(mprotect, Lkernel, "sys/mman.h", "changes what a range allows") \
  X(mlockall, Lkernel, "sys/mman.h", "locks all that is mapped, or will be") \
  X(munlockall, Lkernel, "sys/mman.h", "unlocks all of it") \
  X(posix_mem_offset, kernel, "sys/mman.h", "mem_offset64(); the descriptor that it tells is NOFD") \
  X(shm_create_handle, kernel, "sys/mman.h", "lets one process open an object, once; without options") \
  X(shm_open_handle, kernel, "sys/mman.h", "opens the object of a handle") \
  X(shm_delete_handle, kernel, "sys/mman.h", "takes a handle back") \
  X(shm_revoke, kernel, "sys/mman.h", "takes an object away from others") \
  X(mmap_device_memory, kernel, "sys/mman.h", "maps physical addresses") \
  X(munmap_device_memory, kernel, "sys/mman.h", "unmaps them") \
  X(mem_offset64, kernel, "sys/mman.h", "the physical address of a virtual one") \
  X(mem_offset, kernel, "sys/mman.h", "mem_offset64()") \
  X(posix_typed_mem_open, kernel, "sys/mman.h", "opens a pool of typed memory") \
  X(posix_typed_mem_get_info, kernel, "sys/mman.h", "how much of a pool is free: _MEM_INFO") \
  X(ChannelCreate, kernel, "sys/neutrino.h", "creates a channel") \
  X(ChannelDestroy, kernel, "sys/neutrino.h", "destroys it") \
  X(ConnectAttach, kernel, "sys/neutrino.h", "connects to a channel by pid and chid") \
  X(ConnectDetach, kernel, "sys/neutrino.h", "breaks a connection") \
  X(MsgSend, kernel, "sys/neutrino.h", "sends a message; to MEMMGR_COID: _MEM_OBJ_INFO, _MEM_INFO, _MEM_PMEM_ADD") \
  X(MsgSendv, kernel, "sys/neutrino.h", "MsgSend() in parts; MsgSendsv(), MsgSendvs() and those on nc likewise") \
  X(MsgReceive, kernel, "sys/neutrino.h", "waits for a message or pulse") \
  X(MsgReceivev, kernel, "sys/neutrino.h", "MsgReceive() in parts") \
  X(MsgRead, kernel, "sys/neutrino.h", "reads more of a client's message") \
  X(MsgReadv, kernel, "sys/neutrino.h", "MsgRead() in parts") \
  X(MsgWrite, kernel, "sys/neutrino.h", "writes to a client's reply buffer") \
  X(MsgWritev, kernel, "sys/neutrino.h", "MsgWrite() in parts") \
  X(MsgReply, kernel, "sys/neutrino.h", "replies to a message") \
  X(MsgReplyv, kernel, "sys/neutrino.h", "MsgReply() in parts") \
  X(MsgError, kernel, "sys/neutrino.h", "fails a client's MsgSend()") \
  X(MsgSendPulse, kernel, "sys/neutrino.h", "sends a pulse") \
  X(MsgReceivePulse, kernel, "sys/neutrino.h", "waits for a pulse") \
  X(MsgReceivePulsev, kernel, "sys/neutrino.h", "MsgReceivePulse() in parts") \
  X(MsgDeliverEvent, kernel, "sys/neutrino.h", "sends a client the pulse that it asked for") \
  X(InterruptAttachEvent, kernel, "sys/neutrino.h", "SIGEV_PULSE or SIGEV_INTR for an interrupt, which masks it") \
  X(InterruptAttachThread, kernel, "sys/neutrino.h", "lets this thread wait for an interrupt") \
  X(InterruptDetach, kernel, "sys/neutrino.h", "undoes either") \
  X(InterruptWait, kernel, "sys/neutrino.h", "waits for an interrupt") \
  X(InterruptMask, kernel, "sys/neutrino.h", "holds an interrupt back") \
  X(InterruptUnmask, kernel, "sys/neutrino.h", "undoes one masking") \
  X(TimerCreate, kernel, "sys/neutrino.h", "a timer that sends a pulse") \
  X(TimerSettime, kernel, "sys/neutrino.h", "sets or stops it, and tells what was set before") \
  X(TimerDestroy, kernel, "sys/neutrino.h", "destroys it") \
  X(timer_create, Lkernel, "time.h", "TimerCreate()") \
  X(timer_settime, Lkernel, "time.h", "TimerSettime()") \
  X(timer_delete, Lkernel, "time.h", "TimerDestroy()") \
  X(name_attach, kernel, "sys/dispatch.h", "creates a channel under a name; with no dispatch of its own") \
  X(name_detach, kernel, "sys/dispatch.h", "removes the name and destroys the channel") \
  X(name_open, kernel, "sys/dispatch.h", "connects to the channel of a name; sends no message") \
  X(name_close, kernel, "sys/dispatch.h", "breaks the connection") \
  X(MsgInfo, here, "sys/neutrino.h", "who sent a message, and how long it is") \
  X(TimerTimeout, here, "sys/neutrino.h", "a timeout for this thread's next call that waits") \
  X(ClockTime, kernel, "sys/neutrino.h", "the simulated time; it cannot be set") \
  X(ClockCycles, kernel, "sys/neutrino.h", "the simulated time, a cycle each nanosecond") \
  X(clock_gettime, Lkernel, "time.h", "the simulated time, of every clock") \
  X(gettimeofday, Lkernel, "sys/time.h", "the simulated time") \
  X(time, Lkernel, "time.h", "the simulated time in seconds, from 0") \
  X(clock, Lkernel, "time.h", "the simulated time in microseconds") \
  X(delay, kernel, "unistd.h", "sleeps so many milliseconds") \
  X(sleep, Lkernel, "unistd.h", "sleeps so many seconds") \
  X(usleep, Lkernel, "unistd.h", "sleeps so many microseconds") \
  X(nanosleep, Lkernel, "time.h", "sleeps") \
  X(clock_nanosleep, Lkernel, "time.h", "sleeps, or until a simulated time") \
  X(pthread_create, kernel, "pthread.h", "starts a thread; of its attributes all hold but the stack's address") \
  X(pthread_join, kernel, "pthread.h", "waits for its end, and gives what it returned") \
  X(pthread_detach, kernel, "pthread.h", "nobody will join it") \
  X(pthread_exit, kernel, "pthread.h", "ends this thread; the process ends with its last") \
  X(pthread_self, here, "pthread.h", "the simulated thread's number, as ThreadCreate() returns it") \
  X(ThreadCreate, kernel, "sys/neutrino.h", "pthread_create(), in this process") \
  X(ThreadJoin, kernel, "sys/neutrino.h", "pthread_join()") \
  X(ThreadDetach, kernel, "sys/neutrino.h", "pthread_detach()") \
  X(ThreadDestroy, kernel, "sys/neutrino.h", "pthread_exit(), of this thread alone") \
  X(pthread_attr_setschedparam, here, "pthread.h", "priorities from 1 to 255") \
  X(pthread_mutex_init, here, "pthread.h", "of this process or in shared memory; all inherit priorities") \
  X(pthread_mutex_destroy, kernel, "pthread.h", "EBUSY while somebody owns it") \
  X(pthread_mutex_consistent, here, "pthread.h", "after EOWNERDEAD, of a robust one in shared memory") \
  X(pthread_mutex_lock, kernel, "pthread.h", "locks it, or waits; EDEADLK for its owner, unless it is recursive") \
  X(pthread_mutex_trylock, kernel, "pthread.h", "locks it, or EBUSY") \
  X(pthread_mutex_timedlock, kernel, "pthread.h", "waits until a simulated time") \
  X(pthread_mutex_unlock, kernel, "pthread.h", "unlocks it; EPERM for others than its owner") \
  X(pthread_cond_init, here, "pthread.h", "of this process or in shared memory; all clocks are the simulated time") \
  X(pthread_cond_destroy, kernel, "pthread.h", "EBUSY while somebody waits") \
  X(pthread_cond_wait, kernel, "pthread.h", "unlocks the mutex and waits to be signalled") \
  X(pthread_cond_timedwait, kernel, "pthread.h", "until a simulated time") \
  X(pthread_cond_clockwait, kernel, "pthread.h", "pthread_cond_timedwait()") \
  X(pthread_cond_signal, kernel, "pthread.h", "lets the next go on") \
  X(pthread_cond_broadcast, kernel, "pthread.h", "lets all go on") \
  X(pthread_once, kernel, "pthread.h", "calls a function once; others wait for it") \
  X(sem_init, kernel, "semaphore.h", "of this process or in shared memory") \
  X(sem_destroy, kernel, "semaphore.h", "EBUSY while somebody waits") \
  X(sem_wait, kernel, "semaphore.h", "takes one, or waits") \
  X(sem_trywait, kernel, "semaphore.h", "takes one, or EAGAIN") \
  X(sem_timedwait, kernel, "semaphore.h", "waits until a simulated time") \
  X(sem_clockwait, kernel, "semaphore.h", "sem_timedwait()") \
  X(sem_post, kernel, "semaphore.h", "gives one") \
  X(pthread_rwlock_init, here, "pthread.h", "of a mutex and condition variables; a writer that waits goes first") \
  X(pthread_rwlock_destroy, here, "pthread.h", "EBUSY while somebody has it or waits") \
  X(pthread_rwlock_rdlock, kernel, "pthread.h", "beside other readers; EDEADLK for its writer") \
  X(pthread_rwlock_tryrdlock, kernel, "pthread.h", "or EBUSY") \
  X(pthread_rwlock_timedrdlock, kernel, "pthread.h", "waits until a simulated time") \
  X(pthread_rwlock_clockrdlock, kernel, "pthread.h", "pthread_rwlock_timedrdlock()") \
  X(pthread_rwlock_wrlock, kernel, "pthread.h", "alone; EDEADLK for its writer") \
  X(pthread_rwlock_trywrlock, kernel, "pthread.h", "or EBUSY") \
  X(pthread_rwlock_timedwrlock, kernel, "pthread.h", "waits until a simulated time") \
  X(pthread_rwlock_clockwrlock, kernel, "pthread.h", "pthread_rwlock_timedwrlock()") \
  X(pthread_rwlock_unlock, kernel, "pthread.h", "of the writer or a reader; EPERM where there is none") \
  X(pthread_barrier_init, here, "pthread.h", "for so many threads") \
  X(pthread_barrier_destroy, here, "pthread.h", "EBUSY while somebody waits") \
  X(pthread_barrier_wait, kernel, "pthread.h", "waits until all have come") \
  X(pthread_spin_init, here, "pthread.h", "a spin lock is a mutex, without which nothing would run meanwhile") \
  X(pthread_spin_destroy, here, "pthread.h", "nothing to do") \
  X(pthread_spin_lock, kernel, "pthread.h", "locks it, or waits") \
  X(pthread_spin_trylock, kernel, "pthread.h", "locks it, or EBUSY") \
  X(pthread_spin_unlock, kernel, "pthread.h", "unlocks it") \
  X(SchedSet, kernel, "sys/neutrino.h", "gives a thread of this process a priority and policy") \
  X(SchedGet, kernel, "sys/neutrino.h", "a thread's priority, without what it inherits, and its policy") \
  X(SchedYield, kernel, "sys/neutrino.h", "lets the others of its priority run first") \
  X(sched_yield, Lkernel, "sched.h", "SchedYield()") \
  X(pthread_setschedparam, kernel, "pthread.h", "SchedSet()") \
  X(pthread_setschedprio, kernel, "pthread.h", "SchedSet() that leaves the policy as it is") \
  X(pthread_getschedparam, kernel, "pthread.h", "SchedGet()") \
  X(ThreadCtl, here, "sys/neutrino.h", "_NTO_TCTL_IO and _NTO_TCTL_NAME, which change nothing; all else is refused") \
  X(pthread_setname_np, here, "pthread.h", "nobody sees it") \
  X(kill, Lkernel, "signal.h", "SIGKILL and SIGTERM to a simulated process by its pid: it ends at once") \
  X(spawn_process, kernel, "process.h", "starts another process of the scenario by its name") \
  X(getpid, Lhere, "unistd.h", "the simulated pid") \
  X(getppid, Lhere, "unistd.h", "1") \
  X(gettid, Lhere, "unistd.h", "the simulated thread's number") \
  X(getuid, Lhere, "unistd.h", "0, as geteuid(), getgid() and getegid()") \
  X(geteuid, Lhere, "unistd.h", "0") \
  X(getgid, Lhere, "unistd.h", "0") \
  X(getegid, Lhere, "unistd.h", "0") \
  X(sysconf, Lhere, "unistd.h", "_SC_PAGESIZE of the simulated machine; all else is refused") \
  X(getpagesize, Lhere, "unistd.h", "that of the simulated machine") \
  X(write, Lhere, "unistd.h", "to standard output and error; to others it is refused") \
  X(read, Lhere, "unistd.h", "from standard input, which is empty; from others it is refused") \
  X(open, Lrefused, "fcntl.h", "") \
  X(openat, Lrefused, "fcntl.h", "") \
  X(creat, Lrefused, "fcntl.h", "") \
  X(fcntl, Lrefused, "fcntl.h", "") \
  X(dup2, Lrefused, "unistd.h", "") \
  X(pipe, Lrefused, "unistd.h", "") \
  X(fstat, Lrefused, "sys/stat.h", "") \
  X(stat, Lrefused, "sys/stat.h", "") \
  X(unlink, Lrefused, "unistd.h", "") \
  X(fopen, Lrefused, "stdio.h", "") \
  X(freopen, Lrefused, "stdio.h", "") \
  X(tmpfile, Lrefused, "stdio.h", "") \
  X(opendir, Lrefused, "dirent.h", "") \
  X(getcwd, Lrefused, "unistd.h", "") \
  X(gethostname, Lrefused, "unistd.h", "") \
  X(uname, Lrefused, "sys/utsname.h", "") \
  X(msync, Lrefused, "sys/mman.h", "") \
  X(fork, Lrefused, "unistd.h", "") \
  X(vfork, Lrefused, "unistd.h", "") \
  X(execv, Lrefused, "unistd.h", "") \
  X(execve, Lrefused, "unistd.h", "") \
  X(execvp, Lrefused, "unistd.h", "") \
  X(execl, Lrefused, "unistd.h", "") \
  X(execlp, Lrefused, "unistd.h", "") \
  X(posix_spawn, Lrefused, "spawn.h", "") \
  X(posix_spawnp, Lrefused, "spawn.h", "") \
  X(system, Lrefused, "stdlib.h", "") \
  X(popen, Lrefused, "stdio.h", "") \
  X(wait, Lrefused, "sys/wait.h", "") \
  X(waitpid, Lrefused, "sys/wait.h", "") \
  X(sigaction, Lrefused, "signal.h", "") \
  X(signal, Lrefused, "signal.h", "") \
  X(alarm, Lrefused, "unistd.h", "") \
  X(pause, Lrefused, "unistd.h", "") \
  X(setitimer, Lrefused, "sys/time.h", "") \
  X(select, Lrefused, "sys/select.h", "") \
  X(poll, Lrefused, "poll.h", "") \
  X(socket, Lrefused, "sys/socket.h", "") \
  X(InterruptAttach, refused, "sys/neutrino.h", "") \
  X(pthread_cancel, refused, "pthread.h", "") \
  X(pthread_kill, refused, "pthread.h", "") \
  X(pthread_getattr_np, refused, "pthread.h", "") \
  X(pthread_getname_np, refused, "pthread.h", "") \
  X(pthread_setaffinity_np, refused, "pthread.h", "") \
  X(pthread_getaffinity_np, refused, "pthread.h", "") \
  X(pthread_getcpuclockid, refused, "pthread.h", "") \
  X(pthread_tryjoin_np, refused, "pthread.h", "") \
  X(pthread_timedjoin_np, refused, "pthread.h", "") \
  X(pthread_atfork, Lrefused, "pthread.h", "") \
  X(sem_open, refused, "semaphore.h", "") \
  X(sem_getvalue, refused, "semaphore.h", "") \
  X(getrandom, Lrefused, "sys/random.h", "") \
  X(getentropy, Lrefused, "unistd.h", "") \
  X(arc4random, Lrefused, "stdlib.h", "") \
  X(syscall, Lrefused, "unistd.h", "") \
  X(dlopen, Lrefused, "dlfcn.h", "")
// clang-format on

// Each by its place in the table; then what the runtime library asks by itself.
enum class ProgramCall : std::uint32_t {
#define MEMSIM_ENTRY(symbol, way, header, text) symbol,
  MEMSIM_PROGRAM_CALLS(MEMSIM_ENTRY)
#undef MEMSIM_ENTRY
      begin,  // the program is about to begin
  changed,    // Reply::changes are made
  fault,      // a reference to an address without memory, its first argument
  host_call,  // a system call of the host by number, its first argument, was refused
  open_lane,  // a slot by its number, its first argument, which a thread is going to have
  thread_end,
};

enum class How : std::uint8_t { kernel, here, refused };

struct ProgramCallEntry {
  std::string_view symbol;
  How how = How::kernel;
  bool is_in_c_library = false;
  std::string_view header;
  std::string_view text;
};

namespace call_words {
inline constexpr ProgramCallEntry kernel{{}, How::kernel, false, {}, {}};
inline constexpr ProgramCallEntry here{{}, How::here, false, {}, {}};
inline constexpr ProgramCallEntry refused{{}, How::refused, false, {}, {}};
inline constexpr ProgramCallEntry Lkernel{{}, How::kernel, true, {}, {}};
inline constexpr ProgramCallEntry Lhere{{}, How::here, true, {}, {}};
inline constexpr ProgramCallEntry Lrefused{{}, How::refused, true, {}, {}};
}  // namespace call_words

inline constexpr ProgramCallEntry kProgramCalls[] = {
#define MEMSIM_ENTRY(name, way, file, doc) {#name, call_words::way.how, call_words::way.is_in_c_library, file, doc},
    MEMSIM_PROGRAM_CALLS(MEMSIM_ENTRY)
#undef MEMSIM_ENTRY
};
// Under which the C library has some of them besides.
inline constexpr std::string_view kSecondNames[] = {"mmap64", "lseek64", "ftruncate64"};
inline constexpr std::size_t kProgramCallCount = sizeof kProgramCalls / sizeof kProgramCalls[0];

}  // namespace memsim::link
