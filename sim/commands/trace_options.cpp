#include "sim/commands/trace_options.hpp"

#include <memsim/base/numbers.hpp>

namespace memsim {

void add_trace_options(Command& command, TraceArguments& arguments) {
  command.add_value("--max-events", arguments.max_events, kNumberType, "Cap on the events of a trace; 2^36");
  command.add_value("--max-blocks", arguments.max_blocks, kNumberType, "Cap on the free blocks of a list; 2^26");
  command.add_value("--max-line", arguments.max_line, kNumberType, "Cap on the bytes of a line; 65536");
}

HostResult<TraceLimits> limits_of(const TraceArguments& arguments) {
  TraceLimits limits;
  const auto read = [](const std::string& text, std::string_view option, auto& into) -> HostResult<void> {
    if (text.empty()) return {};
    const Parsed<std::uint64_t> value = parse_unsigned(text);
    if (!value) return host_failure(ExitCode::bad_input, std::string(option) + " " + value.error());
    into = *value;
    return {};
  };
  HostResult<void> done = read(arguments.max_events, "--max-events", limits.events);
  if (done) done = read(arguments.max_blocks, "--max-blocks", limits.blocks);
  if (done) done = read(arguments.max_line, "--max-line", limits.line_bytes);
  if (!done) return Unexpected(std::move(done).error());
  return limits;
}

}  // namespace memsim
