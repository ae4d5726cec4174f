// The program's standard streams. Results go to standard output, whole and checked; all else goes to standard error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>

namespace memsim {

// From now on nothing is written to either stream: another process says the same.
void be_silent();

// Whether standard error is a terminal on which a line can be written anew: TERM=dumb is none.
[[nodiscard]] bool standard_error_is_terminal();

// Colours, as --color says: "auto" is on a terminal that has them, unless NO_COLOR is set. Errors: bad_input.
[[nodiscard]] HostResult<void> choose_colour(std::string_view when);

// `text` as good, doubtful or bad news, where standard output has colours.
enum class Tone : std::uint8_t { good, doubtful, bad };
[[nodiscard]] std::string toned(std::string_view text, Tone tone);

// The columns of the terminal that standard output is, or none where it is something else or does not tell. COLUMNS
// overrules the terminal.
[[nodiscard]] std::optional<std::size_t> terminal_columns();

// Writes all of `text` to standard output. Errors: host_failed, except that a reader who went away (EPIPE) gets an
// error with an empty message, which report() does not print: leaving early is no fault of the reader.
[[nodiscard]] HostResult<void> print(std::string_view text);

// print(), with its error reported: the exit code of a command that only prints.
[[nodiscard]] ExitCode print_or_report(std::string_view text);

// Renders the diagnostics on standard error, in colour where standard error has colours, and gives their exit code.
ExitCode report(const HostError& error);

// Text that is not ours, or is a part of a line, on standard error.
void print_error(std::string_view text);

// Begins the line of a terminal anew.
constexpr std::string_view kClearLine = "\r\x1b[K";

// One line on standard error.
void warn(std::string_view message);
void inform(std::string_view message);

}  // namespace memsim
