#include <fmt/format.h>

#include <memsim/replay/import_machine.hpp>

#include "replay/import/machine_yaml.hpp"
#include "replay/input/text_lines.hpp"

namespace memsim {
namespace {

// "  00100000-3fffffff : System RAM"
struct IomemEntry {
  std::size_t indent = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::string_view name;
};

bool hexadecimal(std::string_view text, std::uint64_t& value) {
  if (text.empty() || text.size() > 16) return false;
  value = 0;
  for (const char c : text) {
    const int letter = (c | 0x20) - 'a';
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (letter < 0 || letter > 5)) return false;
    value = value << 4U | static_cast<unsigned>(is_digit ? c - '0' : letter + 10);
  }
  return true;
}

bool parse_iomem(std::string_view line, IomemEntry& entry) {
  entry.indent = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(entry.indent);
  const std::size_t dash = line.find('-');
  const std::size_t colon = line.find(" : ");
  if (dash == std::string_view::npos || colon == std::string_view::npos || dash > colon) return false;
  entry.name = line.substr(colon + 3);
  if (entry.name.ends_with('\r')) entry.name.remove_suffix(1);
  return hexadecimal(line.substr(0, dash), entry.first) &&
         hexadecimal(line.substr(dash + 1, colon - dash - 1), entry.last) && entry.first <= entry.last &&
         entry.last != ~std::uint64_t{0};
}

}  // namespace

HostResult<std::string> import_iomem(const std::string& path, PageSize page_size, const TraceLimits& limits) {
  HostResult<TextLines> lines = TextLines::open(path, limits);
  if (!lines) return Unexpected(std::move(lines).error());
  MachineYaml yaml(path, page_size);
  bool is_in_ram = false;
  bool is_hidden = true;
  std::size_t ram_indent = 0;
  std::uint64_t others = 0;
  for (std::string_view line; lines->next(line);) {
    if (line.empty()) continue;
    IomemEntry entry;
    if (!parse_iomem(line, entry)) {
      return lines->wrong(line, 0, "no range of addresses", "a line is: first-last : name, in hexadecimal");
    }
    is_hidden = is_hidden && entry.last == 0;
    if (is_in_ram && entry.indent > ram_indent) {
      // Parts of parts lie in them already.
      if (entry.indent == ram_indent + 2) yaml.add_reservation(std::string(entry.name), entry.first, entry.last + 1);
      continue;
    }
    is_in_ram = entry.name == "System RAM";
    ram_indent = entry.indent;
    if (is_in_ram) {
      yaml.add_region(sysram_name(entry.last + 1), entry.first, entry.last + 1, true);
    } else if (entry.name.find("RAM") != std::string_view::npos ||
               entry.name.find("Memory") != std::string_view::npos) {
      yaml.add_comment(
          fmt::format("{:#x}-{:#x} {}: not told apart from devices, left out", entry.first, entry.last, entry.name));
    } else {
      ++others;
    }
  }
  HostResult<void> status = lines->status();
  if (!status) return Unexpected(std::move(status).error());
  if (!yaml.has_regions()) return lines->wrong({}, 0, "no System RAM in it", "expected what /proc/iomem says");
  if (is_hidden) return lines->wrong({}, 0, "all addresses are hidden", "read /proc/iomem as root");
  if (others != 0) yaml.add_comment(fmt::format("{} ranges of devices and firmware are no memory, left out", others));
  return yaml.text();
}

}  // namespace memsim
