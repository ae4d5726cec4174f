// memsim's own trace format, version 1, as text or binary; docs/traces.md is its specification.
#pragma once

#include <memory>
#include <string>

#include <memsim/replay/trace.hpp>

#include "replay/input/text_lines.hpp"

namespace memsim {

inline constexpr std::string_view kTraceMagic = "memsim-trace";

// A whole header, from its first line to the line before the events.
[[nodiscard]] std::string header_text(const TraceHeader& header, TraceForm form);

// Appends an event. `previous`: the one before, zeros for the first.
void append_text(std::string& out, const TraceEvent& event, const TraceEvent& previous);
void append_binary(std::string& out, const TraceEvent& event, const TraceEvent& previous);
// Appends the end, by which a trace that was cut is known.
void append_end(std::string& out, std::uint64_t events, TraceForm form);

// Reads the header behind its first line, `first_line`, and gives a reader of the events in whichever form it names.
[[nodiscard]] HostResult<std::unique_ptr<TraceReader>> read_memsim_trace(TextLines lines, std::string first_line,
                                                                         const TraceLimits& limits);

}  // namespace memsim
