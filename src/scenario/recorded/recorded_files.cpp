#include "scenario/recorded/recorded_files.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

namespace memsim::loader {

std::optional<std::string> recorded_file(Loading& loading, Place place, const std::string& file) {
  if (file.empty()) return std::nullopt;  // a fault that has been told
  if (loading.options.files == FileAccess::refuse) {
    loading.faults.add(place, "this scenario may not read files");
    return std::nullopt;
  }
  return (std::filesystem::path(loading.source.path()).parent_path() / file).string();
}

void add_all(Loading& loading, Place place, HostError error) {
  for (Diagnostic& diagnostic : error) {
    if (diagnostic.where.path.empty()) {
      loading.faults.add(place, std::move(diagnostic.message), std::move(diagnostic.help), diagnostic.code);
    } else {
      loading.faults.add(std::move(diagnostic));
    }
  }
}

std::optional<std::vector<RegionId>> regions_named(Loading& loading, Place place, const std::string& name,
                                                   const PhysicalMemoryConfig& memory) {
  std::vector<RegionId> found;
  std::set<std::string_view> known;
  for (std::size_t i = 0; i < memory.regions.size(); ++i) {
    const RegionConfig& region = memory.regions[i];
    known.insert(region.name);
    known.insert(region.further_names.begin(), region.further_names.end());
    const bool is_named = region.name == name || std::find(region.further_names.begin(), region.further_names.end(),
                                                           name) != region.further_names.end();
    if (is_named) found.emplace_back(static_cast<RegionId::rep>(i));
  }
  if (!found.empty()) return found;
  loading.faults.add(place, fmt::format("there is no region {}", loader::in_quotes(name)), [&] {
    return suggestion(name, {known.begin(), known.end()});
  });
  return std::nullopt;
}

bool lists_lie_in(const LinuxFreeLists& lists, Extent extent) {
  const auto lies = [extent](const auto& block) { return extent.contains(Extent{block.first, block.order.frames()}); };
  return std::all_of(lists.blocks.begin(), lists.blocks.end(), lies) &&
         std::all_of(lists.cached.begin(), lists.cached.end(), lies);
}

void note_content(Loading& loading, const std::string& path, std::span<const std::uint64_t> numbers) {
  const std::string head = fmt::format("\n{} {}\n", std::filesystem::path(path).filename().string(), numbers.size());
  ByteHasher content;
  content.add(std::as_bytes(std::span(head)));
  // In a byte order of its own, so that all machines have the same.
  for (const std::uint64_t number : numbers) {
    std::array<std::uint8_t, 8> bytes{};
    for (unsigned i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    content.add(std::as_bytes(std::span(bytes)));
  }
  const std::string digest = fmt::format("{:016x}\n", content.value());
  loading.content.add(std::as_bytes(std::span(digest)));
  // A campaign's content is that of its store, which such files are too large for.
  if (loading.options.store) loading.options.store->put(path + " as read", digest);
}

void note_content(Loading& loading, const std::string& path, const LinuxFreeLists& lists) {
  std::vector<std::uint64_t> numbers;
  for (const auto& block : lists.blocks) {
    numbers.push_back(block.first.value() << 16U | block.order.value() << 8U | static_cast<unsigned>(block.type));
  }
  for (const auto& block : lists.cached) {
    numbers.push_back(block.first.value() << 16U | block.order.value() << 8U | static_cast<unsigned>(block.type));
    numbers.push_back(block.cpu.value());
  }
  numbers.insert(numbers.end(), lists.high.begin(), lists.high.end());
  note_content(loading, path, numbers);
}

void note_content(Loading& loading, const std::string& path, const FreeBlockCounts& counts) {
  std::vector<std::uint64_t> numbers{counts.top_order, counts.page_block_order};
  for (const auto& by_order : counts.blocks) numbers.insert(numbers.end(), by_order.begin(), by_order.end());
  note_content(loading, path, numbers);
}

}  // namespace memsim::loader
