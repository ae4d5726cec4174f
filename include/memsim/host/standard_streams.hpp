// Standard input, output and error: what is written to them, read from them, and asked about the terminal behind them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <memsim/base/host_error.hpp>

namespace memsim::host {

enum class Stream : std::uint8_t { input, output, error };

// Opens a placeholder for each of the three that the program was started without, so that no file of ours takes its
// number, and lets writing beyond the host's limits fail instead of ending the program. Once, first of all.
void prepare_standard_streams();

// Writes all of it. Gives 0 or the host's errno.
[[nodiscard]] int write_to(Stream stream, std::string_view text) noexcept;
// Whether nobody reads any more what was written: an errno of write_to().
[[nodiscard]] bool is_broken_pipe(int error) noexcept;

[[nodiscard]] bool is_terminal(Stream stream) noexcept;
// The columns of the terminal behind the stream; nothing where there is none, or it does not say.
[[nodiscard]] std::optional<unsigned> columns_of(Stream stream) noexcept;

// Everything up to the end of standard input, but at most one byte more than `limit`: enough to see that it is too
// much. Errors: host_failed; interrupted.
[[nodiscard]] HostResult<std::string> read_standard_input(std::uint64_t limit);

// A line of standard input without its newline; nothing at its end. What a line has beyond `line_max` is dropped.
// Nothing behind the line is read. Errors: host_failed, also for a line that is no person's (64 KiB); interrupted.
[[nodiscard]] HostResult<std::optional<std::string>> read_input_line(std::size_t line_max);

}  // namespace memsim::host
