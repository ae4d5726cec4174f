#include <memsim/host/standard_streams.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include <memsim/host/descriptor.hpp>
#include <memsim/host/interrupt.hpp>

namespace memsim::host {
namespace {

int number_of(Stream stream) {
  switch (stream) {
    case Stream::input:
      return STDIN_FILENO;
    case Stream::output:
      return STDOUT_FILENO;
    case Stream::error:
      return STDERR_FILENO;
  }
  return -1;
}

// Up to `count` bytes of standard input; none at its end.
HostResult<std::size_t> read_input(char* bytes, std::size_t count) {
  while (true) {
    const ssize_t got = ::read(STDIN_FILENO, bytes, count);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EINTR && is_interrupted()) return host_failure(ExitCode::interrupted, "interrupted");
    if (errno == EINTR) continue;
    return host_failure(ExitCode::host_failed, fmt::format("cannot read standard input: {}", reason_of(errno)));
  }
}

}  // namespace

void prepare_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // Opened for reading, a placeholder for standard output still refuses to be written.
    if (::fcntl(descriptor, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDONLY));
  }
  ::signal(SIGXFSZ, SIG_IGN);
}

int write_to(Stream stream, std::string_view text) noexcept { return write_all(number_of(stream), text); }

bool is_broken_pipe(int error) noexcept { return error == EPIPE; }

bool is_terminal(Stream stream) noexcept { return ::isatty(number_of(stream)) == 1; }

std::optional<unsigned> columns_of(Stream stream) noexcept {
  winsize size{};
  if (::ioctl(number_of(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

HostResult<std::string> read_standard_input(std::uint64_t limit) {
  std::string text;
  char buffer[1 << 13];  // small: a stack may be
  while (text.size() <= limit) {
    const HostResult<std::size_t> count = read_input(buffer, sizeof buffer);
    if (!count) return Unexpected(count.error());
    if (*count == 0) break;
    text.append(buffer, *count);
  }
  return text;
}

HostResult<std::optional<std::string>> read_input_line(std::size_t line_max) {
  constexpr std::size_t kEndlessLine = std::size_t{64} << 10;
  std::string line;
  std::size_t read = 0;
  for (; read < kEndlessLine; ++read) {
    char c = 0;
    const HostResult<std::size_t> count = read_input(&c, 1);  // byte by byte: what follows is for the next question
    if (!count) return Unexpected(count.error());
    if (*count == 0 && read == 0) return std::optional<std::string>();
    if (*count == 0 || c == '\n') return std::optional(std::move(line));
    if (line.size() < line_max) line += c;
  }
  return host_failure(ExitCode::host_failed, "cannot read standard input: a line has no end");
}

}  // namespace memsim::host
