// An entry as pidin prints it: "0018) 80000000-bfffffff o:0000 /memory/ram", with more columns in some versions. What
// is the same in all: the first word with a dash between two numbers is the range, the last one that begins with a
// slash is the name, written out from the root.
#include <fmt/format.h>

#include <vector>

#include <memsim/replay/import_machine.hpp>

#include "replay/import/machine_yaml.hpp"
#include "replay/input/fields.hpp"
#include "replay/input/text_lines.hpp"

namespace memsim {
namespace {

struct Entry {
  std::string name;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

bool read_range(std::string_view word, Entry& entry) {
  const std::size_t dash = word.find('-');
  if (dash == std::string_view::npos) return false;
  Fields first(word.substr(0, dash));
  Fields last(word.substr(dash + 1));
  return first.hexadecimal(entry.first) && first.is_end() && last.hexadecimal(entry.last) && last.is_end();
}

// Whether the line is an entry at all; other sections and headings are none.
bool parse(std::string_view line, Entry& entry) {
  Fields fields(line);
  bool has_range = false;
  for (std::string_view word; fields.word(word);) {
    if (!has_range) has_range = read_range(word, entry);
    if (word.starts_with("n:/")) word.remove_prefix(2);
    if (word.starts_with('/')) entry.name = std::string(word.substr(1));
  }
  return has_range && !entry.name.empty();
}

bool has_part(std::string_view path, std::string_view part) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == part) return true;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return false;
}

}  // namespace

HostResult<std::string> import_asinfo(const std::string& path, PageSize page_size, const TraceLimits& limits) {
  HostResult<TextLines> lines = TextLines::open(path, limits);
  if (!lines) return Unexpected(std::move(lines).error());
  MachineYaml yaml(path, page_size);
  std::vector<Entry> carved;
  for (std::string_view line; lines->next(line);) {
    Entry entry;
    if (!parse(line, entry)) continue;
    if (entry.first > entry.last) return lines->wrong(line, 0, "a range that ends before it begins");
    const bool is_memory = entry.name == "memory" || entry.name.starts_with("memory/");
    if (!is_memory) continue;  // io, irq, virtual: no memory
    if (has_part(entry.name, "sysram")) {
      yaml.add_region(entry.name, entry.first, entry.last + 1, true);
    } else if (has_part(entry.name, "ram") && !entry.name.ends_with("/ram")) {
      carved.push_back(std::move(entry));
    } else {
      yaml.add_comment(
          fmt::format("{:#x}-{:#x} {}: holds the others, no region of its own", entry.first, entry.last, entry.name));
    }
  }
  HostResult<void> status = lines->status();
  if (!status) return Unexpected(std::move(status).error());
  // What the system allocates from keeps its name; the rest of a carve-out is a pool for typed memory.
  for (const Entry& entry : carved) yaml.add_region(entry.name, entry.first, entry.last + 1, false);
  if (!yaml.has_regions()) {
    return lines->wrong({}, 0, "no memory in it: no entry below /memory named sysram or ram/...",
                        "expected what 'pidin syspage=asinfo' prints");
  }
  return yaml.text();
}

}  // namespace memsim
