#include "sim/host/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include <memsim/base/numbers.hpp>
#include <memsim/host/descriptor.hpp>
#include <memsim/host/standard_streams.hpp>

namespace memsim {
namespace {

bool is_silent = false;

// Nobody can be told that standard error does not work.
void write_error(std::string_view text) {
  if (!is_silent) static_cast<void>(host::write_to(host::Stream::error, text));
}

// Before main() reads its arguments, and where they say nothing.
std::optional<bool> colour_choice;

bool is_dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) == "dumb";
}

bool wants_colour(host::Stream stream) {
  if (colour_choice) return *colour_choice;
  const char* no_colour = std::getenv("NO_COLOR");
  return host::is_terminal(stream) && !is_dumb_terminal() && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace

void be_silent() { is_silent = true; }

bool standard_error_is_terminal() { return host::is_terminal(host::Stream::error) && !is_dumb_terminal(); }

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
  if (!wants_colour(host::Stream::output)) return std::string(text);
  const int code = tone == Tone::good ? 32 : tone == Tone::doubtful ? 33 : 31;
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::optional<std::size_t> terminal_columns() {
  if (!host::is_terminal(host::Stream::output)) return std::nullopt;
  const char* columns = std::getenv("COLUMNS");
  const Parsed<std::uint64_t> wanted = parse_unsigned(columns == nullptr ? "" : columns);
  if (wanted && *wanted > 0) return *wanted;
  return host::columns_of(host::Stream::output);
}

HostResult<void> print(std::string_view text) {
  const int error = is_silent ? 0 : host::write_to(host::Stream::output, text);
  if (error == 0) return {};
  if (host::is_broken_pipe(error)) return host_failure(ExitCode::host_failed, "");
  return host_failure(ExitCode::host_failed,
                      fmt::format("cannot write to standard output: {}", host::reason_of(error)));
}

ExitCode print_or_report(std::string_view text) {
  const HostResult<void> printed = print(text);
  return printed ? ExitCode::ok : report(printed.error());
}

ExitCode report(const HostError& error) {
  const bool has_text = std::any_of(error.begin(), error.end(), [](const auto& d) { return !d.message.empty(); });
  if (has_text) write_error(render(error, wants_colour(host::Stream::error) ? Colour::on : Colour::off));
  return exit_code(error);
}

void print_error(std::string_view text) { write_error(text); }

void warn(std::string_view message) {
  write_error(fmt::format("memsim: warning: {}\n", escaped_for_terminal(message)));
}

void inform(std::string_view message) { write_error(fmt::format("memsim: {}\n", escaped_for_terminal(message))); }

}  // namespace memsim
