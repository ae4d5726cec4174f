#include "phys/linux/linux_zone.hpp"

#include <algorithm>

namespace memsim {
namespace {

// MIGRATE_TYPES of a kernel with CMA and isolation. Fewer page blocks than this, and mobility is not told apart.
constexpr std::uint64_t kLeastPageBlocks = 6;

bool enough_page_blocks(Extent extent, Order page_block) {
  return extent.count >= page_block.frames() * kLeastPageBlocks;
}

}  // namespace

LinuxZone::LinuxZone(Extent extent, Order top_order, Order page_block_order)
    : geometry_(extent, top_order),
      page_block_order_(page_block_order.value()),
      is_grouped_(enough_page_blocks(extent, page_block_order) && page_block_order_ <= geometry_.top),
      links_(geometry_.space),
      state_(geometry_.space),
      types_(is_grouped_ ? geometry_.space >> page_block_order_ : 0),
      untouched_(geometry_.space >> geometry_.top) {
  if (geometry_.top_first != 0) untouched_.erase(0);
  if (geometry_.top_end != top_blocks()) untouched_.erase(geometry_.top_end);
  list_untouched();
  // Memory arrives at boot in ascending order, at the tail; no list gets two edges in another order.
  geometry_.for_each_edge_descending(
      [this](std::uint32_t block, unsigned order) { insert_free(block, order, page_block_type(block), End::head); });
}

LinuxZone::LinuxZone(const LinuxZone& other)
    : geometry_(other.geometry_),
      page_block_order_(other.page_block_order_),
      is_grouped_(other.is_grouped_),
      links_(other.geometry_.space),
      state_(other.state_.size()),
      types_(other.types_.size()),
      lists_(other.lists_),
      free_orders_(other.free_orders_),
      untouched_(other.untouched_) {
  for (std::uint64_t top = 0; top < top_blocks(); ++top) {
    top = untouched_.next_absent(top);
    if (top >= top_blocks()) break;
    const std::uint64_t end = (top + 1) << geometry_.top;
    for (std::uint64_t at = top << geometry_.top; at < end; ++at) {
      state_[at] = other.state_[at];
      const bool is_linked = state_[at] != State::nothing && !is_allocated(state_[at]);
      if (is_linked) links_.copy(other.links_, static_cast<std::uint32_t>(at));
    }
    if (!is_grouped_) continue;
    for (std::uint64_t i = top << geometry_.top >> page_block_order_; i < end >> page_block_order_; ++i) {
      types_[i] = other.types_[i];
    }
  }
}

const std::array<Mobility, kMobilityCount>& LinuxZone::search_order(Mobility type) {
  using enum Mobility;
  static constexpr std::array<std::array<Mobility, kMobilityCount>, kMobilityCount> kOrders = {{
      {unmovable, reclaimable, movable},
      {movable, reclaimable, unmovable},
      {reclaimable, unmovable, movable},
  }};
  return kOrders[static_cast<std::size_t>(type)];
}

// --- Lists ---

bool LinuxZone::is_free(std::uint32_t block, unsigned order) const {
  return state_[block] == free_state(order) || (order == geometry_.top && untouched_.contains(block >> order));
}

void LinuxZone::insert_free(std::uint32_t block, unsigned order, Mobility type, End end) {
  BlockList& to = list(order, type);
  end == End::head ? links_.push_head(to, block) : links_.push_tail(to, block);
  free_orders(type) |= frames_of_order(order);
  state_[block] = free_state(order);
}

void LinuxZone::remove_free(std::uint32_t block, unsigned order, Mobility type) {
  if (state_[block] == State::nothing) return untouched_.erase(std::uint64_t{block} >> order);
  BlockList& from = list(order, type);
  links_.remove(from, block);
  state_[block] = State::nothing;
  if (!from.is_empty()) return;
  free_orders(type) ^= frames_of_order(order);
  if (order == geometry_.top && type == effective(Mobility::movable)) list_untouched();
}

// Moves the lowest untouched top block, if any, to its list, which is empty.
void LinuxZone::list_untouched() {
  if (untouched_.is_empty()) return;
  const auto block = static_cast<std::uint32_t>(untouched_.take_first() << geometry_.top);
  insert_free(block, geometry_.top, effective(Mobility::movable), End::head);
}

// The page blocks that a block covers, or the one that it lies in.
void LinuxZone::set_types(std::uint32_t block, unsigned order, Mobility type) {
  if (!is_grouped_) return;
  const std::uint64_t end = (block + frames_of_order(order) - 1) >> page_block_order_;
  for (std::uint64_t i = block >> page_block_order_; i <= end; ++i) {
    types_[i] = static_cast<std::uint8_t>(static_cast<unsigned>(type) ^ 1U);
  }
}

// --- Taking ---

std::uint64_t LinuxZone::take(unsigned order, Mobility type, AllocatorWork& work) {
  type = effective(type);
  std::uint64_t block = take_smallest(order, type, work);
  if (block == kNoBlock) block = take_by_claim(order, type, work);
  if (block == kNoBlock) block = take_by_steal(order, type, work);
  return block;
}

// Splits a block in hand and keeps its lowest part.
void LinuxZone::expand(std::uint32_t block, unsigned from, unsigned to, Mobility type, AllocatorWork& work) {
  for (unsigned order = from; order-- > to;) {
    insert_free(block + static_cast<std::uint32_t>(frames_of_order(order)), order, type, End::head);
    ++work.splits;
  }
}

std::uint64_t LinuxZone::take_smallest(unsigned order, Mobility type, AllocatorWork& work) {
  ++work.steps;
  const std::uint64_t candidates = free_orders(type) >> order;
  if (candidates == 0) return kNoBlock;
  const unsigned from = order + static_cast<unsigned>(std::countr_zero(candidates));
  const std::uint32_t block = head(from, type);
  remove_free(block, from, type);
  expand(block, from, order, type, work);
  return block;
}

Mobility LinuxZone::fallback(unsigned order, Mobility type) const {
  for (const Mobility other : search_order(type)) {
    if (other != type && (free_orders(other) >> order & 1) != 0) return other;
  }
  return type;
}

std::uint64_t LinuxZone::take_by_claim(unsigned order, Mobility type, AllocatorWork& work) {
  for (unsigned current = geometry_.top + 1; current-- > order;) {
    if (type == Mobility::movable && current < page_block_order_ / 2) break;
    const Mobility from = fallback(current, type);
    if (from == type) continue;
    ++work.steps;
    const std::uint64_t block = claim(head(current, from), current, order, type, from, work);
    if (block != kNoBlock) return block;
  }
  return kNoBlock;
}

std::uint64_t LinuxZone::claim(std::uint32_t block, unsigned current, unsigned order, Mobility type, Mobility from,
                               AllocatorWork& work) {
  if (current >= page_block_order_) {
    remove_free(block, current, from);
    set_types(block, current, type);
    expand(block, current, order, type, work);
    return block;
  }
  const auto page_block = static_cast<std::uint32_t>(std::uint64_t{block} >> page_block_order_ << page_block_order_);
  if (!may_claim(page_block, type, from, work)) return kNoBlock;
  move_free_blocks(page_block, from, type, work);
  set_types(page_block, page_block_order_, type);
  return take_smallest(order, type, work);
}

bool LinuxZone::may_claim(std::uint32_t page_block, Mobility type, Mobility from, AllocatorWork& work) const {
  const std::uint64_t size = frames_of_order(page_block_order_);
  if (page_block < geometry_.first || page_block + size > geometry_.end) return false;
  std::uint64_t free = 0;
  std::uint64_t movable = 0;
  any_block(page_block, page_block + size, [&](std::uint32_t block, unsigned order, Use use) {
    ++work.steps;
    if (use == Use::free) free += frames_of_order(order);
    if (use == Use::allocated && type_of(state_[block]) == Mobility::movable) ++movable;
    return false;
  });
  std::uint64_t alike = 0;
  if (type == Mobility::movable) {
    alike = movable;
  } else if (from == Mobility::movable) {
    alike = size - free - movable;  // all that is not movable, cached frames too
  }
  return free + alike >= size / 2;
}

void LinuxZone::move_free_blocks(std::uint32_t page_block, Mobility from, Mobility to, AllocatorWork& work) {
  any_block(page_block, page_block + frames_of_order(page_block_order_),
            [&](std::uint32_t block, unsigned order, Use use) {
              ++work.steps;
              if (use != Use::free) return false;
              remove_free(block, order, from);
              insert_free(block, order, to, End::tail);
              return false;
            });
}

std::uint64_t LinuxZone::take_by_steal(unsigned order, Mobility type, AllocatorWork& work) {
  for (unsigned current = order; current <= geometry_.top; ++current) {
    const Mobility from = fallback(current, type);
    if (from == type) continue;
    ++work.steps;
    const std::uint32_t block = head(current, from);
    remove_free(block, current, from);
    expand(block, current, order, from, work);
    return block;
  }
  return kNoBlock;
}

void LinuxZone::carve(std::uint32_t block, unsigned order, std::uint64_t first, std::uint64_t end, Mobility type,
                      AllocatorWork& work) {
  const Mobility from = page_block_type(block);
  remove_free(block, order, from);
  carve_part(block, order, first, end, from, work);
  const std::uint64_t size = frames_of_order(page_block_order_);
  for (std::uint64_t at = align_up(first, size); at + size <= end; at += size) {
    set_types(static_cast<std::uint32_t>(at), page_block_order_, effective(type));
  }
}

void LinuxZone::carve_part(std::uint32_t block, unsigned order, std::uint64_t first, std::uint64_t end, Mobility from,
                           AllocatorWork& work) {
  if (first <= block && block + frames_of_order(order) <= end) return;
  const unsigned half = order - 1;
  const std::uint32_t upper = block + static_cast<std::uint32_t>(frames_of_order(half));
  ++work.splits;
  if (end <= upper) insert_free(upper, half, from, End::head);
  if (first >= upper) insert_free(block, half, from, End::head);
  if (first < upper) carve_part(block, half, first, end, from, work);
  if (end > upper) carve_part(upper, half, first, end, from, work);
}

// --- Giving back ---

void LinuxZone::give(std::uint32_t block, unsigned order, AllocatorWork& work, End end) {
  const Mobility type = page_block_type(block);
  ++work.steps;
  const auto buddy = [&] { return block ^ static_cast<std::uint32_t>(frames_of_order(order)); };
  while (order < geometry_.top && is_free(buddy(), order)) {
    const Mobility other = page_block_type(buddy());
    remove_free(buddy(), order, other);
    if (other != type) set_types(buddy(), order, type);
    block &= ~static_cast<std::uint32_t>(frames_of_order(order));
    ++order;
    ++work.merges;
  }
  if (order + 1 < geometry_.top) {
    const std::uint32_t pair = (block & buddy()) ^ static_cast<std::uint32_t>(frames_of_order(order + 1));
    if (is_free(pair, order + 1)) end = End::tail;
  }
  insert_free(block, order, type, end);
}

// --- Allocated blocks ---

void LinuxZone::set_allocated(std::uint32_t block, unsigned order, Mobility type) {
  state_[block] = allocated_state(order, type);
  const State inside = allocated_state(kInside, type);
  for (std::uint64_t i = 1; i < frames_of_order(order); ++i) state_[block + i] = inside;
}

void LinuxZone::clear_allocated(std::uint32_t block, unsigned order) {
  for (std::uint64_t i = 0; i < frames_of_order(order); ++i) state_[block + i] = State::nothing;
}

unsigned LinuxZone::allocated_order(std::uint32_t index, std::uint64_t end) {
  MEMSIM_CHECK_THAT(is_allocated(state_[index]), "a frame that is released was allocated");
  const unsigned here = order_of(state_[index]);
  if (here == kAtStart) return order_at_start(index, end);
  if (here != kInside && index + frames_of_order(here) <= end) return here;
  std::uint64_t start = index;
  for (unsigned order = 1; order_of(state_[start]) == kInside; ++order) {
    MEMSIM_CHECK_THAT(order <= geometry_.top, "an allocated block has a start");
    start = std::uint64_t{index} >> order << order;
  }
  const Mobility type = type_of(state_[start]);
  const std::uint64_t stop = start + frames_of_order(order_of(state_[start]));
  for (std::uint64_t at = start; at < stop; ++at) state_[at] = allocated_state(0, type);
  return 0;
}

unsigned LinuxZone::order_at_start(std::uint32_t index, std::uint64_t end) const {
  const auto is_at_start = [](State state) { return is_allocated(state) && order_of(state) == kAtStart; };
  unsigned order = 0;
  for (std::uint64_t next = index + 1; order < geometry_.top && (index >> order & 1U) == 0; ++order) {
    const std::uint64_t stop = index + frames_of_order(order + 1);
    if (stop > end) break;
    while (next < stop && is_at_start(state_[next])) ++next;
    if (next < stop) break;
  }
  return order;
}

// --- A start from given lists ---

void LinuxZone::set_page_block_type(std::uint32_t index, Mobility type) { set_types(index, 0, effective(type)); }

void LinuxZone::start_allocated() {
  MEMSIM_CHECK_THAT(geometry_.first < geometry_.end, "a zone has frames");
  while (!untouched_.is_empty()) untouched_.take_first();
  lists_ = {};
  free_orders_ = {};
  for (std::uint64_t at = geometry_.first; at < geometry_.end; ++at) {
    state_[at] = allocated_state(kAtStart, page_block_type(static_cast<std::uint32_t>(at)));
  }
}

// --- Observers ---

std::size_t LinuxZone::metadata_bytes() const {
  std::uint64_t touched = 0;
  for (std::uint64_t top = 0; top < top_blocks(); ++top) {
    top = untouched_.next_absent(top);
    if (top >= top_blocks()) break;
    ++touched;
  }
  const std::uint64_t per_frame = BlockLinks::kBytesPerBlock + sizeof(State);
  const std::uint64_t page_blocks = is_grouped_ ? touched << geometry_.top >> page_block_order_ : 0;
  return (touched << geometry_.top) * per_frame + page_blocks + untouched_.byte_size();
}

std::uint64_t LinuxZone::check() const {
  std::array<PerOrder, kMobilityCount> free_blocks{};
  std::uint64_t available = 0;
  std::uint64_t expected = geometry_.first;
  any_block(geometry_.first, geometry_.end, [&](std::uint32_t block, unsigned order, Use use) {
    MEMSIM_CHECK_THAT(block == expected && order <= geometry_.top, "blocks tile the zone");
    MEMSIM_CHECK_THAT((block & (frames_of_order(order) - 1)) == 0, "blocks are aligned to their size");
    expected = block + frames_of_order(order);
    if (use != Use::allocated) available += frames_of_order(order);
    if (use != Use::free) return false;
    ++free_blocks[static_cast<std::size_t>(page_block_type(block))][order];
    const std::uint64_t buddy = block ^ frames_of_order(order);
    MEMSIM_CHECK_THAT(order == geometry_.top || !is_free(static_cast<std::uint32_t>(buddy), order),
                      "two free buddies are one block");
    MEMSIM_CHECK_THAT(page_block_type(block) == page_block_type(static_cast<std::uint32_t>(expected - 1)),
                      "a free block's page blocks are of one type");
    return false;
  });
  MEMSIM_CHECK_THAT(expected == geometry_.end, "blocks tile the zone to its end");
  for (const Mobility type : search_order(Mobility::unmovable)) {
    for (unsigned order = 0; order <= geometry_.top; ++order) {
      std::uint64_t listed = 0;
      any_free(order, type, 0, geometry_.space, [&](std::uint32_t block) {
        MEMSIM_CHECK_THAT(is_free(block, order) && page_block_type(block) == type, "a list holds its own blocks");
        ++listed;
        return false;
      });
      MEMSIM_CHECK_THAT(listed == free_blocks[static_cast<std::size_t>(type)][order], "each free block is on its list");
      MEMSIM_CHECK_THAT((free_orders(type) >> order & 1) == (listed != 0 ? 1U : 0U), "the masks of orders are right");
    }
  }
  return available;
}

}  // namespace memsim
