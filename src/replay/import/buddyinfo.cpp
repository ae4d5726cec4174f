#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <memsim/replay/import_machine.hpp>

#include "replay/input/compressed_output.hpp"
#include "replay/input/fields.hpp"
#include "replay/input/input_fault.hpp"
#include "replay/input/text_lines.hpp"

namespace memsim {
namespace {

constexpr unsigned kMaxOrder = FreeBlockCounts::kMaxOrder;
constexpr std::uint64_t kMaxFrames = std::uint64_t{1} << 32;

struct Counts : FreeBlockCounts {
  Counts() { top_order = 0; }
  bool is_found = false;
};

// "Node 0, zone Normal 1 2 3" or "Node 0, zone Normal, type Movable 1 2 3": words without their commas.
struct Line {
  std::string_view node;
  std::string_view zone;
  std::string_view type;
};
bool read_head(Fields& fields, Line& line) {
  std::string_view word;
  const auto next = [&](std::string_view& into) {
    if (!fields.word(into)) return false;
    if (into.ends_with(',')) into.remove_suffix(1);
    return true;
  };
  if (!next(word) || word != "Node" || !next(line.node) || !next(word) || word != "zone" || !fields.word(word))
    return false;
  const bool has_type = word.ends_with(',');
  line.zone = has_type ? word.substr(0, word.size() - 1) : word;
  return !has_type || (next(word) && word == "type" && next(line.type));
}

HostResult<void> add_counts(const TextLines& lines, std::string_view text, Fields& fields, const Line& line,
                            Counts& counts) {
  constexpr std::array<std::string_view, 3> kNames = {"Unmovable", "Movable", "Reclaimable"};
  std::size_t type = 1;
  if (!line.type.empty()) {
    const auto found = std::find(kNames.begin(), kNames.end(), line.type);
    // Reserves and CMA: the model has no such lists, their blocks count as unmovable.
    type = found == kNames.end() ? 0 : static_cast<std::size_t>(found - kNames.begin());
  }
  unsigned order = 0;
  for (std::uint64_t value = 0; !fields.is_end(); ++order) {
    if (!fields.decimal(value) || order > kMaxOrder || value > kMaxFrames >> order) {
      return lines.wrong(text, fields.column(), "no count of free blocks", "a line has a count for each order");
    }
    counts.blocks[type][order] += value;
    counts.top_order = std::max(counts.top_order, order);
  }
  counts.is_found = true;
  return {};
}

HostResult<Counts> read_counts(TextLines& lines, const std::string& zone, std::string node) {
  Counts counts;
  for (std::string_view text; lines.next(text);) {
    Fields fields(text);
    if (text.starts_with("Page block order:")) {
      Fields order(text.substr(17));
      std::uint64_t value = 0;
      if (order.decimal(value) && value <= kMaxOrder) counts.page_block_order = static_cast<unsigned>(value);
    }
    if (text.starts_with("Number of blocks type")) break;  // page blocks, not free ones
    Line line;
    if (!read_head(fields, line) || line.zone != zone) continue;
    if (node.empty()) node = std::string(line.node);
    if (line.node != node) continue;
    if (line.type.empty() && counts.is_found) continue;  // the same zone once more
    HostResult<void> added = add_counts(lines, text, fields, line, counts);
    if (!added) return Unexpected(std::move(added).error());
  }
  HostResult<void> status = lines.status();
  if (!status) return Unexpected(std::move(status).error());
  if (!counts.is_found) {
    return lines.wrong({}, 0, fmt::format("no zone {} in it", escaped_for_terminal(zone)),
                       "take another zone; a line is: Node 0, zone Normal 1 2 3 ...");
  }
  return counts;
}

}  // namespace

HostResult<FreeBlockCounts> read_buddyinfo(const std::string& path, const std::string& zone, const std::string& node,
                                           const TraceLimits& limits) {
  HostResult<TextLines> lines = TextLines::open(path, limits);
  if (!lines) return Unexpected(std::move(lines).error());
  HostResult<Counts> counts = read_counts(*lines, zone, node);
  if (!counts) return Unexpected(std::move(counts).error());
  if (counts->total_blocks() > limits.blocks || counts->total_frames() > kMaxFrames) {
    return lines->wrong({}, 0, fmt::format("more than {} free blocks, or than 2^32 frames", limits.blocks),
                        "the cap can be raised with --max-blocks, or --cap list_blocks=N where a scenario names it");
  }
  return *counts;
}

HostResult<RecordedState> import_buddyinfo(const std::string& path, const BuddyinfoOptions& options,
                                           const TraceLimits& limits) {
  HostResult<FreeBlockCounts> counts = read_buddyinfo(path, options.zone, options.node, limits);
  if (!counts) return Unexpected(std::move(counts).error());
  const auto wrong = [&path](std::string message, std::string help = {}) {
    return input_fault({.path = path}, std::move(message), std::move(help));
  };
  const std::uint64_t size = std::uint64_t{1} << counts->top_order;
  const std::uint64_t free = counts->total_frames();
  std::uint64_t frames = options.frames.count();
  if (frames == 0) frames = (2 * free + size - 1) / size * size + size;
  if (options.first.value() % size != 0 || options.first.value() + frames > kMaxFrames) {
    return wrong("a zone that does not begin at a block of the highest order, or ends past 2^32 frames");
  }
  RecordedState state;
  state.zone = options.zone;
  state.extent = {options.first, FrameCount(frames)};
  state.page_block_order = counts->page_block_order;
  auto blocks = lay_out(*counts, state.extent, options.seed);
  if (!blocks) {
    return wrong(fmt::format("{} frames are too few for its {} free ones", frames, free),
                 "give the zone's size with --size");
  }
  state.lists.blocks = std::move(*blocks);
  note_page_block_types(state);
  return state;
}

HostResult<void> write_recorded_state(const RecordedState& state, const std::string& prefix) {
  HostResult<CompressedOutput> blocks = CompressedOutput::create(prefix + ".blocks");
  if (!blocks) return Unexpected(std::move(blocks).error());
  std::string text = fmt::format("# zone {} {:x} {:x}\n# pfn order zone migratetype   (head of each list first)\n",
                                 state.zone, state.extent.first.value(), state.extent.end().value());
  for (const auto& block : state.lists.blocks) {
    text += fmt::format("{:x} {} {} {}\n", block.first.value(), block.order.value(), state.zone,
                        static_cast<int>(block.type));
  }
  HostResult<void> written = blocks->write(text);
  if (written) written = blocks->finish();
  if (!written || state.lists.cached.empty()) return written;
  HostResult<CompressedOutput> cached = CompressedOutput::create(prefix + ".pcp");
  if (!cached) return Unexpected(std::move(cached).error());
  text = "# pfn order zone migratetype cpu   (head of each list first)\n";
  for (const auto& block : state.lists.cached) {
    text += fmt::format("{:x} {} {} {} {}\n", block.first.value(), block.order.value(), state.zone,
                        static_cast<int>(block.type), block.cpu.value());
  }
  written = cached->write(text);
  return written ? cached->finish() : written;
}

}  // namespace memsim
