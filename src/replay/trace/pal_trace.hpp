// The reader of pal-trace 1: a text line an event, both layers interleaved.
//
//   dt op pfn order mt x cpu        dt in microseconds, pfn in hexadecimal
//
//   A F    allocate, release          a f    take, give          G    grow          X    what a fallback chose
//
// An `a` that a fallback served (x = s) asked for the type that the X behind it says. An `f` that was inferred (x = i)
// for the page that the F before it gave back makes that release one past the lists.
#pragma once

#include <memory>

#include <memsim/replay/trace.hpp>

#include "replay/input/text_lines.hpp"

namespace memsim {

// Whether a first line looks like an event of a pal-trace.
[[nodiscard]] bool is_pal_trace(std::string_view first_line);

// Requires: `lines` stands before the first line; `first_line` is that line, read already.
[[nodiscard]] std::unique_ptr<TraceReader> read_pal_trace(TextLines lines, std::string first_line,
                                                          const TraceLimits& limits);

}  // namespace memsim
