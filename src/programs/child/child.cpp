#include "programs/child/child.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <new>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "programs/child/no_processes.hpp"

namespace memsim::programs {
namespace {

Descriptor memory_file(const char* name) { return moved_up(::memfd_create(name, MFD_CLOEXEC)); }

// All that the child needs, prepared before it exists: it shares our memory until it is another program.
struct Plan {
  const char* path;
  char* const* arguments;
  int standard[5];  // what becomes descriptors 0 to 4
  pid_t parent;
  rlim_t memory;
  rlim_t output;
};

bool limit(int resource, rlim_t value) {
  const rlimit both = {value, value};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0;
}

// In the child. Gives the host's errno; not at all when all went well.
int become_program(const Plan& plan) {
  // Not a session: the host would keep the account of its processor time for each apart, at every switch.
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) return ESRCH;
  // Where a sandbox refuses this, the program runs with other addresses of its own.
  ::personality(ADDR_NO_RANDOMIZE);
  for (int signal = 1; signal < 32; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  constexpr rlim_t kFiles = 32;
  for (int i = 0; i < 5; ++i) {
    if (::dup2(plan.standard[i], i) < 0) return errno;
  }
  ::syscall(SYS_close_range, 5U, ~0U, 0U);
  const bool limited = limit(RLIMIT_DATA, plan.memory) && limit(RLIMIT_FSIZE, plan.output) && limit(RLIMIT_CORE, 0) &&
                       limit(RLIMIT_NOFILE, kFiles) && (forbid_processes() || limit(RLIMIT_NPROC, 0));
  if (!limited) return errno;
  char* const no_environment[] = {nullptr};
  ::execve(plan.path, plan.arguments, no_environment);
  return errno;
}

// Starts the child; gives its pid, or -errno.
[[gnu::noinline]] pid_t spawn(const Plan& plan) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  volatile int error = 0;
  // The parent stands still until the child is another program, and no page of it is copied.
  const pid_t pid = ::vfork();
  if (pid == 0) {
    error = become_program(plan);
    ::_exit(127);
  }
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return -fork_error;
  if (error == 0) return pid;
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return -error;
}

Unexpected<HostError> refusal(const HostProgram& program, int error) {
  return host_failure(ExitCode::host_failed,
                      fmt::format("cannot start {}: {}", program.name, std::generic_category().message(error)));
}

}  // namespace

HostResult<std::unique_ptr<Child>> Child::start(const HostProgram& program, const ProgramLimits& limits,
                                                const Descriptor& memory) {
  std::unique_ptr<Child> child(new Child);
  child->file_ = memory_file("memsim-slots");
  for (Stream& stream : child->streams_) stream.file = memory_file("memsim-stream");
  const Descriptor nothing = moved_up(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const bool is_open = child->file_.is_open() && nothing.is_open() && memory.is_open() &&
                       child->streams_[0].file.is_open() && child->streams_[1].file.is_open();
  if (!is_open || !child->open(0)) return refusal(program, errno);

  std::vector<std::string> words = {program.name};
  words.insert(words.end(), program.arguments.begin(), program.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const Plan plan = {program.path.c_str(),
                     arguments.data(),
                     {nothing.number(), child->streams_[0].file.number(), child->streams_[1].file.number(),
                      memory.number(), child->file_.number()},
                     ::getpid(),
                     limits.memory.count(),
                     limits.output.count()};
  const pid_t pid = spawn(plan);
  if (pid < 0) return refusal(program, -pid);
  child->pid_ = pid;
  child->follow_processor();
  return child;
}

bool Child::open(std::size_t lane) {
  if (lane >= link::kLanes) return false;
  if (lane >= file_slots_) {
    if (::ftruncate(file_.number(), static_cast<off_t>((lane + 1) * link::kSlotBytes)) != 0) return false;
    file_slots_ = lane + 1;
  }
  void* place = slots_[lane];
  if (place == nullptr) {
    place = ::mmap(nullptr, link::kSlotBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_.number(),
                   static_cast<off_t>(lane * link::kSlotBytes));
    if (place == MAP_FAILED) return false;
  }
  slots_[lane] = new (place) link::Slot;
  slots_[lane]->version = link::kVersion;
  slots_[lane]->magic = link::kMagic;
  return true;
}

void Child::follow_processor() {
  const int processor = ::sched_getcpu();
  if (processor == processor_ || processor < 0 || processor >= CPU_SETSIZE) return;
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(static_cast<unsigned>(processor), &only);
  if (::sched_setaffinity(pid_, sizeof only, &only) != 0) return;
  processor_ = processor;
  if (!is_open(1)) return;  // no other thread
  std::error_code error;
  std::filesystem::directory_iterator task(fmt::format("/proc/{}/task", pid_), error);
  for (; !error && task != std::filesystem::directory_iterator(); task.increment(error)) {
    pid_t tid = -1;
    const std::string name = task->path().filename();
    std::from_chars(name.data(), name.data() + name.size(), tid);
    if (tid > 0) ::sched_setaffinity(tid, sizeof only, &only);
  }
}

Child::~Child() {
  finish();
  for (link::Slot* slot : slots_) {
    if (slot != nullptr) ::munmap(slot, link::kSlotBytes);
  }
}

bool Child::has_ended() const {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

End Child::finish() {
  if (pid_ < 0) return {};
  // One that is ending by itself keeps its own status. It leads its group.
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WEXITSTATUS(status)};
}

void Child::append_written(int stream, std::string& out) {
  Stream& from = streams_[stream];
  // The program's descriptor and ours are of one file description: its place moves with every write, and asking for it
  // takes a fraction of what asking for the size takes.
  const off_t place = ::lseek(from.file.number(), 0, SEEK_CUR);
  if (place == std::exchange(from.place, place)) return;
  struct stat status {};
  if (::fstat(from.file.number(), &status) != 0 || status.st_size <= from.read) return;
  const std::size_t before = out.size();
  out.resize(before + static_cast<std::size_t>(status.st_size - from.read));
  const ssize_t count = ::pread(from.file.number(), out.data() + before, out.size() - before, from.read);
  out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  from.read += std::max<ssize_t>(count, 0);
}

}  // namespace memsim::programs
