#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include <memsim/base/random.hpp>
#include <memsim/replay/import_machine.hpp>

#include "replay/input/compressed_output.hpp"
#include "replay/input/fields.hpp"
#include "replay/input/text_lines.hpp"

namespace memsim {
namespace {

constexpr unsigned kMaxOrder = 20;
constexpr std::size_t kTypes = 3;
constexpr std::uint64_t kMaxFrames = std::uint64_t{1} << 32;

struct Counts {
  std::array<std::array<std::uint64_t, kMaxOrder + 1>, kTypes> blocks{};  // [type][order]
  unsigned orders = 0;
  bool is_found = false;
  bool has_types = false;
  unsigned page_block_order = 9;
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
  constexpr std::array<std::string_view, kTypes> kNames = {"Unmovable", "Movable", "Reclaimable"};
  std::size_t type = 1;
  if (!line.type.empty()) {
    const auto found = std::find(kNames.begin(), kNames.end(), line.type);
    // Reserves and CMA: the model has no such lists, their blocks count as unmovable.
    type = found == kNames.end() ? 0 : static_cast<std::size_t>(found - kNames.begin());
    counts.has_types = true;
  }
  unsigned order = 0;
  for (std::uint64_t value = 0; !fields.is_end(); ++order) {
    if (!fields.decimal(value) || order > kMaxOrder || value > kMaxFrames >> order) {
      return lines.wrong(text, fields.column(), "no count of free blocks", "a line has a count for each order");
    }
    counts.blocks[type][order] += value;
  }
  counts.orders = std::max(counts.orders, order);
  counts.is_found = true;
  return {};
}

HostResult<Counts> read_counts(TextLines& lines, const BuddyinfoOptions& options) {
  Counts counts;
  std::string node = options.node;
  for (std::string_view text; lines.next(text);) {
    Fields fields(text);
    if (text.starts_with("Page block order:")) {
      Fields order(text.substr(17));
      std::uint64_t value = 0;
      if (order.decimal(value) && value <= kMaxOrder) counts.page_block_order = static_cast<unsigned>(value);
    }
    if (text.starts_with("Number of blocks type")) break;  // page blocks, not free ones
    Line line;
    if (!read_head(fields, line) || line.zone != options.zone) continue;
    if (node.empty()) node = std::string(line.node);
    if (line.node != node) continue;
    if (line.type.empty() && counts.is_found) continue;  // the same zone once more
    HostResult<void> added = add_counts(lines, text, fields, line, counts);
    if (!added) return Unexpected(std::move(added).error());
  }
  HostResult<void> status = lines.status();
  if (!status) return Unexpected(std::move(status).error());
  if (!counts.is_found) {
    return lines.wrong({}, 0, fmt::format("no zone {} in it", escaped_for_terminal(options.zone)),
                       "take another with --zone; a line is: Node 0, zone Normal 1 2 3 ...");
  }
  return counts;
}

// Places blocks so that none merges: each lies in one half of a slot of twice its size whose other half stays in use,
// if only in part. Slots below a page block belong to one type.
class Layout {
 public:
  Layout(FrameNumber first, FrameCount frames, unsigned top, unsigned page_block, std::uint64_t seed)
      : page_block_(std::min(page_block, top)), top_(top), random_(RandomStream::derive(seed, {"buddyinfo"})) {
    const std::uint64_t size = std::uint64_t{1} << top;
    for (std::uint64_t at = first.value(); at + size <= first.value() + frames.count(); at += size) {
      shared_[top].push_back(at);
    }
  }

  // False where no place is left.
  bool place(unsigned order, std::size_t type, FrameNumber& first) {
    std::uint64_t at = 0;
    if (order == top_) {
      if (!take(order, type, at)) return false;
      first = FrameNumber(at);
      return true;
    }
    if (!take(order + 1, type, at)) return false;
    const std::uint64_t half = std::uint64_t{1} << order;
    const bool is_upper = random_.below(2) == 1;
    first = FrameNumber(is_upper ? at + half : at);
    pool(order, type).push_back(is_upper ? at : at + half);
    return true;
  }

 private:
  std::vector<std::uint64_t>& pool(unsigned order, std::size_t type) {
    return order >= page_block_ ? shared_[order] : own_[type][order];
  }

  // A slot of the order that is in use, cut from the smallest that there is.
  bool take(unsigned order, std::size_t type, std::uint64_t& at) {
    unsigned from = order;
    while (from <= top_ && pool(from, type).empty()) ++from;
    if (from > top_) return false;
    std::vector<std::uint64_t>& slots = pool(from, type);
    std::swap(slots[random_.below(slots.size())], slots.back());
    at = slots.back();
    slots.pop_back();
    while (from > order) {
      --from;
      const std::uint64_t half = std::uint64_t{1} << from;
      const bool is_upper = random_.below(2) == 1;
      pool(from, type).push_back(is_upper ? at : at + half);
      if (is_upper) at += half;
    }
    return true;
  }

  unsigned page_block_;
  unsigned top_;
  RandomStream random_;
  std::array<std::vector<std::uint64_t>, kMaxOrder + 1> shared_;
  std::array<std::array<std::vector<std::uint64_t>, kMaxOrder + 1>, kTypes> own_;
};

}  // namespace

HostResult<RecordedState> import_buddyinfo(const std::string& path, const BuddyinfoOptions& options,
                                           const TraceLimits& limits) {
  HostResult<TextLines> lines = TextLines::open(path, limits);
  if (!lines) return Unexpected(std::move(lines).error());
  HostResult<Counts> counts = read_counts(*lines, options);
  if (!counts) return Unexpected(std::move(counts).error());
  const unsigned top = counts->orders - 1;
  std::uint64_t free = 0;
  std::uint64_t blocks = 0;
  for (const auto& by_order : counts->blocks) {
    for (unsigned order = 0; order <= top; ++order) {
      blocks += by_order[order];
      free += by_order[order] << order;
    }
  }
  if (blocks > limits.blocks || free > kMaxFrames) {
    return lines->wrong({}, 0, fmt::format("more than {} free blocks, or than 2^32 frames", limits.blocks),
                        "the cap can be raised with --max-blocks");
  }
  const std::uint64_t size = std::uint64_t{1} << top;
  std::uint64_t frames = options.frames.count();
  if (frames == 0) frames = (2 * free + size - 1) / size * size + size;
  if (options.first.value() % size != 0 || options.first.value() + frames > kMaxFrames) {
    return lines->wrong({}, 0, "a zone that does not begin at a block of the highest order, or ends past 2^32 frames");
  }
  RecordedState state;
  state.zone = options.zone;
  state.extent = {options.first, FrameCount(frames)};
  state.page_block_order = counts->page_block_order;
  Layout layout(options.first, state.extent.count, top, counts->page_block_order, options.seed);
  for (unsigned order = top + 1; order-- > 0;) {
    for (std::size_t type = 0; type < kTypes; ++type) {
      for (std::uint64_t i = 0; i < counts->blocks[type][order]; ++i) {
        FrameNumber first;
        if (!layout.place(order, type, first)) {
          return lines->wrong({}, 0, fmt::format("{} frames are too few for its {} free ones", frames, free),
                              "give the zone's size with --size");
        }
        state.lists.blocks.push_back({first, Order(order), static_cast<Mobility>(type)});
      }
    }
  }
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
