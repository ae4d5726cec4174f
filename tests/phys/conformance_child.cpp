#include "phys/conformance_child.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include <fmt/format.h>

namespace memsim::conformance {
namespace {

constexpr int kFault = 1;

void silence() {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDERR_FILENO);
}

void write_all(int file, const std::string& text) {
  for (std::size_t written = 0; written < text.size();) {
    const auto count = ::write(file, text.data() + written, text.size() - written);
    if (count <= 0) std::_Exit(kFault);
    written += static_cast<std::size_t>(count);
  }
}

std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto count = ::read(file, buffer.data(), buffer.size());
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

std::string ending(int status) {
  if (WIFSIGNALED(status)) return fmt::format("ended by signal {}", WTERMSIG(status));
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

}  // namespace

std::string in_child(const std::function<std::string(const Tell&)>& run, Noise noise) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "the host has no pipe for a child process";
  const pid_t child = ::fork();
  if (child < 0) return "the host has no child process";
  if (child == 0) {
    if (noise == Noise::quiet) silence();
    const std::string fault = run([&](const std::function<std::string()>& text) { write_all(ends[1], text()); });
    write_all(ends[1], fault);
    std::_Exit(fault.empty() ? 0 : kFault);
  }
  ::close(ends[1]);
  std::string told = read_all(ends[0]);
  ::close(ends[0]);
  const int status = wait_for(child);
  if (status == 0) return {};
  return WIFEXITED(status) && WEXITSTATUS(status) == kFault ? told : told + ending(status);
}

int exit_code_of(const std::function<void()>& run) {
  const pid_t child = ::fork();
  if (child == 0) {
    silence();
    run();
    std::_Exit(0);
  }
  const int status = wait_for(child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace memsim::conformance
