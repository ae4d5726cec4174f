// The caps on recorded files, as options of the commands that read them.
#pragma once

#include <string>

#include <memsim/replay/trace.hpp>

#include "sim/options/command.hpp"

namespace memsim {

inline constexpr ValueType kTextType{"TEXT"};

struct TraceArguments {
  std::string max_events;
  std::string max_blocks;
  std::string max_line;
};

void add_trace_options(Command& command, TraceArguments& arguments);

// Errors: bad_input, naming the option.
[[nodiscard]] HostResult<TraceLimits> limits_of(const TraceArguments& arguments);

}  // namespace memsim
