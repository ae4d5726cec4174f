#include <memsim/replay/trace.hpp>

#include "replay/input/text_lines.hpp"
#include "replay/trace/memsim_trace.hpp"
#include "replay/trace/pal_trace.hpp"

namespace memsim {

HostResult<std::unique_ptr<TraceReader>> open_trace(const std::string& path, const TraceLimits& limits) {
  HostResult<TextLines> lines = TextLines::open(path, limits);
  if (!lines) return Unexpected(std::move(lines).error());
  std::string_view line;
  if (!lines->next(line)) {
    HostResult<void> status = lines->status();
    if (!status) return Unexpected(std::move(status).error());
    return lines->wrong({}, 0, "an empty file, no trace", "a trace has at least one event");
  }
  std::string first(line);
  if (first.starts_with(kTraceMagic)) return read_memsim_trace(std::move(*lines), std::move(first), limits);
  if (is_pal_trace(line)) {
    return read_pal_trace(std::move(*lines), std::move(first), limits);
  }
  return lines->wrong(
      line, 0, "no trace that memsim knows",
      "text of the kernel's tracer becomes one by 'memsim import ftrace'; docs/traces.md has the forms");
}

}  // namespace memsim
