#include "scenario/recorded/trace_scenario.hpp"

#include <filesystem>

#include <fmt/format.h>

#include <memsim/replay/trace.hpp>

#include "scenario/format/map_reader.hpp"

namespace memsim::loader {

bool names_trace(const std::string& path) {
  std::string_view name = path;
  for (const std::string_view suffix : {".xz", ".zst", ".gz"}) {
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  }
  return name.ends_with(".trace");
}

HostResult<std::string> scenario_of_trace(const std::string& path) {
  HostResult<std::unique_ptr<TraceReader>> trace = open_trace(path);
  if (!trace) return Unexpected(std::move(trace).error());
  const TraceHeader& header = (*trace)->header();
  const PageSize page_size = header.page_size;
  Extent memory = header.pages;
  if (memory.count.is_zero()) memory = {page_size.frame_of(PhysAddr()), page_size.frames_covering(Bytes(1U << 30U))};
  const std::string file = std::filesystem::path(path).filename().string();
  std::string quoted_file;  // in YAML's plain quotes, where only they are doubled
  for (const char c : file) quoted_file += c == '\'' ? std::string("''") : std::string(1, c);
  const std::string stem = file.substr(0, file.find('.'));
  return fmt::format(
      "memsim: 1\n"
      "machine: {{page_size: {}B, regions: [{{name: ram, base: {:#x}, size: {}B}}]}}\n"
      "record: {{every: 1s}}\n"
      "background: [{{trace: '{}', name: {}}}]\n",
      page_size.bytes().count(), page_size.address_of(memory.first).value(), page_size.bytes_of(memory.count).count(),
      quoted_file, is_name(stem) ? stem : "trace");
}

}  // namespace memsim::loader
