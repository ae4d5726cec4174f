#include "scenario/recorded/trace_scenario.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <memsim/replay/trace.hpp>

#include "scenario/format/map_reader.hpp"

namespace memsim {

bool is_trace_name(const std::string& path) {
  std::string_view name = path;
  for (const std::string_view suffix : {".xz", ".zst", ".gz"}) {
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  }
  return name.ends_with(".trace");
}

namespace loader {

HostResult<std::string> scenario_of_trace(const std::string& path, const LoadOptions& options) {
  HostResult<std::unique_ptr<TraceReader>> trace = open_trace(path, options.caps.recordings);
  if (!trace) return Unexpected(std::move(trace).error());
  const bool is_of_start = std::any_of(options.set.begin(), options.set.end(),
                                       [](const Override& override) { return override.path == "machine.start.lists"; });
  const TraceHeader& header = (*trace)->header();
  const PageSize page_size = header.page_size;
  Extent memory = header.pages;
  if (memory.count.is_zero()) memory = {page_size.frame_of(PhysAddr()), page_size.frames_covering(Bytes(1U << 30U))};
  const std::string regions =
      fmt::format(", regions: [{{name: ram, base: {:#x}, size: {}B}}]", page_size.address_of(memory.first).value(),
                  page_size.bytes_of(memory.count).count());
  const std::string file = std::filesystem::path(path).filename().string();
  std::string quoted_file;  // in YAML's plain quotes, where only they are doubled
  for (const char c : file) quoted_file += c == '\'' ? std::string("''") : std::string(1, c);
  const std::string stem = file.substr(0, file.find('.'));
  return fmt::format(
      "memsim: 1\n"
      "machine: {{page_size: {}B{}}}\n"
      "record: {{every: 1s}}\n"
      "background: [{{trace: '{}', name: {}, housekeeping: true{}}}]\n",
      page_size.bytes().count(), is_of_start ? "" : regions, quoted_file, is_name(stem) ? stem : "trace",
      is_of_start ? ", frees_start: true" : "");
}

}  // namespace loader
}  // namespace memsim
