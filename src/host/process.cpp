#include <memsim/host/process.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <thread>

#include <memsim/host/descriptor.hpp>
#include <memsim/host/interrupt.hpp>

namespace memsim::host {
namespace {

using Clock = std::chrono::steady_clock;

// More of what a program says is not read.
constexpr std::size_t kSaidMax = 4096;

Unexpected<HostError> failure(const std::string& program, const std::string& what) {
  return host_failure(ExitCode::host_failed, fmt::format("{}: {}", escaped_for_terminal(program), what));
}

std::string beginning_of(const std::string& path) {
  std::string bytes(kSaidMax, '\0');
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t count = file.is_open() ? ::read(file.number(), bytes.data(), bytes.size()) : 0;
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return bytes;
}

// The words of a command line as posix_spawn() wants them.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Starts the program in a process group of its own, so that all of it can be killed. Gives 0 or the host's errno.
int start(std::vector<std::string>& words, const std::string& output, const std::string& errors, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  constexpr int kWriting = O_WRONLY | O_CREAT | O_TRUNC;
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), kWriting, 0600);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), kWriting, 0600);
  // What we ignore it need not: SIGXFSZ is to end it.
  sigset_t defaults;
  ::sigemptyset(&defaults);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGXFSZ, SIGPIPE}) ::sigaddset(&defaults, signal);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  const int error =
      ::posix_spawnp(&pid, words.front().c_str(), &actions, &attributes, pointers_to(words).data(), ::environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Waits as long as the time allows and nobody interrupts; the process's status, or nothing.
std::optional<int> wait_for(pid_t pid, std::chrono::milliseconds time) {
  const Clock::time_point end = Clock::now() + time;
  std::chrono::microseconds pause{200};  // most answer at once; who takes long is looked at seldom
  int status = 0;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (is_interrupted() || Clock::now() >= end) return std::nullopt;
    std::this_thread::sleep_for(pause);
    pause = std::min<std::chrono::microseconds>(pause * 2, std::chrono::milliseconds(20));
  }
  return status;
}

}  // namespace

HostResult<ProcessEnd> run_process(std::vector<std::string> words, const TemporaryFolder& folder,
                                   const ProcessLimits& limits) {
  const std::string output = folder.path() + "/output";
  const std::string errors = folder.path() + "/errors";
  pid_t pid = 0;
  if (const int error = start(words, output, errors, pid); error != 0) {
    return failure(words.front(), fmt::format("it cannot be started: {}", reason_of(error)));
  }
  // Not before its start, where it would bind us; what it writes until this line is little.
  const rlimit size = {limits.file_bytes, limits.file_bytes};
  static_cast<void>(::prlimit(pid, RLIMIT_FSIZE, &size, nullptr));
  const std::optional<int> status = wait_for(pid, limits.time);
  ::kill(-pid, SIGKILL);  // also what it started and left behind
  if (!status) {
    ::waitpid(pid, nullptr, 0);
    if (is_interrupted()) return host_failure(ExitCode::interrupted, "interrupted");
    return failure(words.front(), fmt::format("it was ended after {} s", limits.time.count() / 1000));
  }
  if (WIFSIGNALED(*status) && WTERMSIG(*status) == SIGXFSZ) {
    return failure(words.front(),
                   fmt::format("it was ended when a file of its output grew over {} bytes", limits.file_bytes));
  }
  return ProcessEnd{WIFEXITED(*status) ? WEXITSTATUS(*status) : 0, WIFSIGNALED(*status) ? WTERMSIG(*status) : 0,
                    beginning_of(output), beginning_of(errors)};
}

}  // namespace memsim::host
