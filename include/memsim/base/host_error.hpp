// Diagnostics: what memsim tells a person when the host or the input fails us. Never used for simulated failures.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/expected.hpp>

namespace memsim {

// How a failed program ends. The numbers are promised to users (see the README).
enum class ExitCode : std::uint8_t {
  ok = 0,
  expectation_failed = 1,  // an expectation failed or a baseline differs
  bad_input = 2,           // the scenario or the command line is wrong
  cap_reached = 3,         // a resource cap was reached
  host_failed = 4,         // the host failed us: disk, permission, memory
  our_bug = 70,            // a bug of ours
  cannot_tell = 125,       // by check --bisect only: there was nothing to judge
  interrupted = 130,       // somebody asked for the end: SIGINT, SIGTERM, SIGHUP
};

// A place in a source file. Lines and columns count from 1; a column counts characters (code points), as editors do.
// Line 0 means "the file as a whole"; an empty path means "no file" (the command line).
struct SourceLocation {
  std::string path;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// One thing that is wrong, said so that the reader can put it right.
struct Diagnostic {
  ExitCode code = ExitCode::bad_input;
  SourceLocation where;
  std::string message;      // one line, no full stop, says what was expected
  std::string source_line;  // the line at `where`, without its newline; may be empty
  std::string help;         // what to do, or the nearest known name; may be empty
};

// One or more diagnostics, in the order of the source. Never empty.
using HostError = std::vector<Diagnostic>;

template <class T>
using HostResult = Expected<T, HostError>;

// A failure with one diagnostic and no place in a file.
[[nodiscard]] Unexpected<HostError> host_failure(ExitCode code, std::string message, std::string help = {});

// The diagnostics as GCC-style text: `path:line:col: error: message` ("warning" where the code is ok), the source line,
// a caret, and a `help:` line. Control characters, bidirectional marks and commands to a CI system in anything quoted
// are escaped, as by escaped_for_terminal(). Ends with a newline.
enum class Colour : bool { off, on };
[[nodiscard]] std::string render(const HostError& error, Colour colour);

// The exit code of the whole: that of the first diagnostic.
[[nodiscard]] ExitCode exit_code(const HostError& error);

// `text` with control characters, invalid UTF-8 and bidirectional or zero-width marks written as \x.. or \u....
// escapes; likewise what a CI system would take for a command to itself, at a line's begin ("::error::") or anywhere
// ("##[error]", "##vso[...]").
[[nodiscard]] std::string escaped_for_terminal(std::string_view text);

// The entry of `known` nearest to `name` (edit distance at most 2, or a third of its length), or empty. For "did you
// mean". Names of more than 256 bytes have none. O(known names times the square of their length).
[[nodiscard]] std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace memsim
