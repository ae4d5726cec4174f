#include "sim/host/console.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <system_error>

#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

// 0, or the host's errno.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// Nobody can be told that standard error does not work.
void write_error(std::string_view text) { static_cast<void>(write_all(STDERR_FILENO, text)); }

// Before main() reads its arguments, and where they say nothing.
std::optional<bool> colour_choice;

bool is_dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) == "dumb";
}

bool wants_colour(int descriptor) {
  if (colour_choice) return *colour_choice;
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(descriptor) == 1 && !is_dumb_terminal() && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace

void prepare_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // Opened for reading, a placeholder for standard output still refuses to be written.
    if (::fcntl(descriptor, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDONLY));
  }
  std::signal(SIGXFSZ, SIG_IGN);
}

bool standard_error_is_terminal() { return ::isatty(STDERR_FILENO) == 1 && !is_dumb_terminal(); }

HostResult<void> choose_colour(std::string_view when) {
  if (when != "auto" && when != "always" && when != "never") {
    return host_failure(ExitCode::bad_input, fmt::format("--color: there is no '{}'", escaped_for_terminal(when)),
                        "expected auto, always or never");
  }
  colour_choice.reset();
  if (when != "auto") colour_choice = when == "always";
  return {};
}

std::string toned(std::string_view text, Tone tone) {
  if (!wants_colour(STDOUT_FILENO)) return std::string(text);
  const int code = tone == Tone::good ? 32 : tone == Tone::doubtful ? 33 : 31;
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::optional<std::size_t> terminal_columns() {
  if (::isatty(STDOUT_FILENO) != 1) return std::nullopt;
  const char* columns = std::getenv("COLUMNS");
  const Parsed<std::uint64_t> wanted = parse_unsigned(columns == nullptr ? "" : columns);
  if (wanted && *wanted > 0) return *wanted;
  struct winsize size {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

HostResult<void> print(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == 0) return {};
  if (error == EPIPE) return host_failure(ExitCode::host_failed, "");
  return host_failure(ExitCode::host_failed,
                      fmt::format("cannot write to standard output: {}", std::generic_category().message(error)));
}

ExitCode print_or_report(std::string_view text) {
  const HostResult<void> printed = print(text);
  return printed ? ExitCode::ok : report(printed.error());
}

ExitCode report(const HostError& error) {
  const bool has_text = std::any_of(error.begin(), error.end(), [](const auto& d) { return !d.message.empty(); });
  if (has_text) write_error(render(error, wants_colour(STDERR_FILENO) ? Colour::on : Colour::off));
  return exit_code(error);
}

void print_error(std::string_view text) { write_error(text); }

void warn(std::string_view message) {
  write_error(fmt::format("memsim: warning: {}\n", escaped_for_terminal(message)));
}

void inform(std::string_view message) { write_error(fmt::format("memsim: {}\n", escaped_for_terminal(message))); }

}  // namespace memsim
