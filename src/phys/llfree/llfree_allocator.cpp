#include "phys/llfree/llfree_allocator.hpp"

#include <algorithm>
#include <bit>

#include "phys/requests/scatter_units.hpp"

namespace memsim {
namespace {

constexpr std::uint64_t size_of(unsigned order) { return std::uint64_t{1} << order; }
constexpr unsigned log2_floor(std::uint64_t value) { return static_cast<unsigned>(std::bit_width(value)) - 1; }
constexpr unsigned kHugeOrder = LlfreeBits::kHugeOrder;
constexpr std::uint64_t kHuge = LlfreeBits::kHugeFrames;
constexpr unsigned kMaxOrder = kHugeOrder + 1;  // of a block
constexpr unsigned kLargestPiece = 32;          // of a scattered request with constraints
constexpr unsigned kReleasesToReserve = 4;

std::uint64_t origin_of(Extent extent) { return extent.first.value() & ~(size_of(kMaxOrder) - 1); }

}  // namespace

LlfreeAllocator::LlfreeAllocator(Extent extent, const Options& options)
    : extent_(extent),
      origin_(origin_of(extent)),
      tree_shift_(kHugeOrder + options.tree_order.value()),
      scatter_order_(options.scatter_order.value()),
      fallback_(options.fallback),
      free_(extent.count.count()),
      bits_(align_up(extent.end().value() - origin_, kHuge)),
      tree_used_(align_up(extent.end().value() - origin_, tree_frames()) >> tree_shift_),
      idle_(tree_count()),
      touched_(tree_count()) {
  MEMSIM_CHECK(!extent.count.is_zero() && extent.count.count() <= std::uint64_t{1} << 32);
  for (const Class of : {kBusy, kPartial, kScarce}) trees_[of] = BitTree<TreeStart::empty>(tree_count());
  const std::uint64_t first = extent.first.value() - origin_;
  const std::uint64_t end = extent.end().value() - origin_;
  const std::uint64_t space = bits_.huge_count() * kHuge;
  if (first != 0) change(0, first, true);
  if (end != space) change(end, space - end, true);
  // The huge frames that the last tree lacks are used, too.
  const std::uint64_t missing = tree_count() * tree_frames() - space;
  if (missing != 0) change_tree(tree_count() - 1, tree_used_[tree_count() - 1] + missing);
  free_ = extent.count.count();
}

LlfreeAllocator::LlfreeAllocator(const LlfreeAllocator& other)
    : FrameAllocator(other),
      extent_(other.extent_),
      origin_(other.origin_),
      tree_shift_(other.tree_shift_),
      scatter_order_(other.scatter_order_),
      fallback_(other.fallback_),
      free_(other.free_),
      bits_(other.bits_.huge_count() * kHuge),
      tree_used_(other.tree_used_.size()),
      idle_(other.idle_),
      trees_(other.trees_),
      touched_(other.touched_),
      reserved_(other.reserved_),
      next_huge_(other.next_huge_),
      released_to_(other.released_to_),
      releases_in_a_row_(other.releases_in_a_row_) {
  const std::uint64_t per_tree = tree_frames() / kHuge;
  for (std::uint64_t tree = 0; tree < tree_count(); ++tree) {
    tree = touched_.next(tree);
    if (tree == kNone) break;
    tree_used_[tree] = other.tree_used_[tree];
    const std::uint64_t end = std::min((tree + 1) * per_tree, bits_.huge_count());
    for (std::uint64_t huge = tree * per_tree; huge < end; ++huge) bits_.copy(other.bits_, huge);
  }
}

std::unique_ptr<FrameAllocator> LlfreeAllocator::clone() const {
  return std::unique_ptr<FrameAllocator>(new LlfreeAllocator(*this));
}

// --- Counts and classes ---

auto LlfreeAllocator::class_of(std::uint64_t used) const -> Class {
  const std::uint64_t size = tree_frames();
  const std::uint64_t free = size - used;
  if (free == 0) return kFull;
  if (used <= size / 16) return kIdle;
  if (free < size / 64) return kScarce;
  return free >= size / 16 && free < size / 2 ? kBusy : kPartial;
}

void LlfreeAllocator::set_class(std::uint64_t tree, Class of, bool is_member) {
  if (of == kFull) return;
  if (of == kIdle) {
    is_member ? idle_.insert(tree) : idle_.erase(tree);
  } else {
    is_member ? trees_[of].insert(tree) : trees_[of].erase(tree);
  }
}

void LlfreeAllocator::change_tree(std::uint64_t tree, std::uint64_t used) {
  const Class before = class_of(tree_used_[tree]);
  const Class after = class_of(used);
  tree_used_[tree] = static_cast<std::uint32_t>(used);
  touched_.insert(tree);
  if (before == after) return;
  set_class(tree, before, false);
  set_class(tree, after, true);
}

// Takes or gives back frames, huge frame by huge frame.
void LlfreeAllocator::change(std::uint64_t first, std::uint64_t count, bool is_taken) {
  free_ = is_taken ? free_ - count : free_ + count;
  for (const std::uint64_t end = first + count; first < end;) {
    const std::uint64_t part = std::min(end, (first / kHuge + 1) * kHuge) - first;
    bits_.change(first, part, is_taken);
    const std::uint64_t tree = first >> tree_shift_;
    change_tree(tree, is_taken ? tree_used_[tree] + part : tree_used_[tree] - part);
    first += part;
  }
}

// The class's tree at or after `tree`, or at or before it; or kNone.
std::uint64_t LlfreeAllocator::next(Class of, std::uint64_t tree) const {
  if (tree >= tree_count()) return kNone;
  return of == kIdle ? idle_.next(tree) : trees_[of].next(tree);
}

std::uint64_t LlfreeAllocator::previous(Class of, std::uint64_t tree) const {
  return of == kIdle ? idle_.previous(tree) : trees_[of].previous(tree);
}

// --- Blocks ---

std::uint64_t LlfreeAllocator::find_in_tree(std::uint64_t tree, unsigned order, std::uint64_t first_huge,
                                            AllocatorWork& work) const {
  ++work.steps;
  if (tree_frames() - tree_used_[tree] < size_of(order)) return kNone;
  if (order > kHugeOrder) return find_pair_in_tree(tree, first_huge, work);
  const std::uint64_t first = tree << tree_shift_ >> kHugeOrder;
  const std::uint64_t count = std::min(tree_frames() / kHuge, bits_.huge_count() - first);
  for (std::uint64_t i = 0; i < count; ++i) {
    ++work.steps;
    const std::uint64_t block = bits_.find_block(first + (first_huge + i) % count, order);
    if (block != LlfreeBits::kNone) return block;
  }
  return kNone;
}

// Two huge frames side by side, from the pair of `first_huge` on.
std::uint64_t LlfreeAllocator::find_pair_in_tree(std::uint64_t tree, std::uint64_t first_huge,
                                                 AllocatorWork& work) const {
  const std::uint64_t per_tree = tree_frames() / kHuge;
  const std::uint64_t first = tree * per_tree;
  for (std::uint64_t i = 0; i + 1 < per_tree; i += 2) {
    ++work.steps;
    const std::uint64_t huge = first + ((first_huge & ~std::uint64_t{1}) + i) % per_tree;
    if (huge + 1 >= bits_.huge_count()) continue;
    if (bits_.used(huge) == 0 && bits_.used(huge + 1) == 0) return huge << kHugeOrder;
  }
  return kNone;
}

std::uint64_t LlfreeAllocator::look_for_block(unsigned order, AllocatorWork& work) const {
  std::uint64_t block = find_in_tree(reserved_, order, next_huge_, work);
  for (std::size_t i = 0; block == kNone && i < kSearchedClasses; ++i) {
    block = find_outwards(static_cast<Class>(i), order, work);
  }
  return block;
}

std::uint64_t LlfreeAllocator::find_block(unsigned order, AllocatorWork& work) {
  const std::uint64_t block = look_for_block(order, work);
  if (block != kNone) reserve(block);
  return block;
}

bool LlfreeAllocator::has_block(unsigned order) const {
  AllocatorWork work;
  return order <= kMaxOrder && look_for_block(order, work) != kNone;
}

Order LlfreeAllocator::top_order() const {
  return fallback_ == Fallback::none ? Order(kMaxOrder) : FrameAllocator::top_order();
}

std::string_view LlfreeAllocator::refusing_option(const FrameRequest& request) const {
  const bool is_block = request.contiguity == Contiguity::contiguous && block_order(request);
  return is_block && fallback_ == Fallback::none ? "fallback" : "";
}

// Trees that are too fragmented are passed over.
std::uint64_t LlfreeAllocator::find_outwards(Class of, unsigned order, AllocatorWork& work) const {
  std::uint64_t below = previous(of, reserved_);
  std::uint64_t above = next(of, reserved_ + 1);
  while (below != kNone || above != kNone) {
    const bool is_below = above == kNone || (below != kNone && reserved_ - below <= above - reserved_);
    const std::uint64_t block = find_in_tree(is_below ? below : above, order, 0, work);
    if (block != kNone) return block;
    if (is_below) {
      below = below == 0 ? kNone : previous(of, below - 1);
    } else {
      above = next(of, above + 1);
    }
  }
  return kNone;
}

// The tree of a frame becomes the reserved one, to be searched on from its huge frame.
void LlfreeAllocator::reserve(std::uint64_t index) {
  reserved_ = index >> tree_shift_;
  next_huge_ = (index & (tree_frames() - 1)) >> kHugeOrder;
}

// --- Runs ---

// Trees and huge frames that are wholly of one kind are passed in one step.
std::uint64_t LlfreeAllocator::next_of(bool is_used, std::uint64_t at, std::uint64_t end, std::uint32_t& steps) const {
  while (at < end) {
    ++steps;
    const std::uint64_t tree = at >> tree_shift_;
    if (tree_used_[tree] == (is_used ? 0 : tree_frames())) {
      at = (tree + 1) << tree_shift_;
      continue;
    }
    const std::uint64_t huge = at >> kHugeOrder;
    const std::uint64_t found =
        bits_.used(huge) == (is_used ? 0 : kHuge) ? LlfreeBits::kNone : bits_.next_of(is_used, at);
    if (found != LlfreeBits::kNone) return std::min(found, end);
    at = (huge + 1) << kHugeOrder;
  }
  return end;
}

template <class Visit>
bool LlfreeAllocator::any_run(const FrameRequest& request, std::uint64_t reach, std::uint32_t& steps,
                              Visit&& visit) const {
  const FrameNumber low = std::max(request.window_first, extent_.first);
  const FrameNumber high = std::min(request.window_end, extent_.end());
  if (low >= high) return false;
  const std::uint64_t end = high.value() - origin_;
  for (std::uint64_t at = low.value() - origin_; at < end;) {
    const std::uint64_t first = next_of(false, at, end, steps);
    if (first == end) return false;
    at = next_of(true, first, reach < end - first ? first + reach : end, steps);
    if (visit(origin_ + first, origin_ + at)) return true;
  }
  return false;
}

std::optional<std::uint64_t> LlfreeAllocator::find_run(const FrameRequest& request, std::uint64_t count,
                                                       std::uint64_t alignment, std::uint32_t& steps) const {
  const Constraints want(request);
  std::optional<std::uint64_t> start;
  // In a run that conforms at all, the lowest place lies in so many frames.
  const std::uint64_t shift = std::max(alignment, request.boundary.count());
  const std::uint64_t reach = shift < kWhole / 4 ? count + 2 * shift : kWhole;
  any_run(request, reach, steps, [&](std::uint64_t first, std::uint64_t end) {
    start = want.lowest_start(first, end, count, alignment);
    return start.has_value();
  });
  if (start) *start -= origin_;
  return start;
}

// --- Allocation ---

bool LlfreeAllocator::is_everywhere(const FrameRequest& request) const {
  return request.window_first <= extent_.first && request.window_end >= extent_.end();
}

std::optional<unsigned> LlfreeAllocator::block_order(const FrameRequest& request) const {
  const unsigned order = order_covering(request.count).value();
  const bool is_block = request.alignment.count() <= size_of(order) &&
                        (request.boundary.is_zero() || request.boundary.count() >= size_of(order)) &&
                        is_everywhere(request);
  if (!is_block) return std::nullopt;
  return order;
}

bool LlfreeAllocator::can_scatter(const FrameRequest& request) const {
  if (request.alignment.count() == 1 && is_everywhere(request)) return true;  // as many frames are free
  PlaceCount places(request, kLargestPiece);
  std::uint32_t steps = 0;
  return any_run(request, kWhole, steps, [&](std::uint64_t first, std::uint64_t end) {
    places.add_run(first, end);
    return places.is_enough();
  });
}

bool LlfreeAllocator::can_allocate(const FrameRequest& request) const {
  if (validate(request) != Errno::eok || request.count.count() > free_) return false;
  if (request.contiguity == Contiguity::scattered && request.count.count() > 1) return can_scatter(request);
  if (const auto order = block_order(request)) {
    if (has_block(*order)) return true;
    if (fallback_ == Fallback::none) return false;
  }
  std::uint32_t steps = 0;
  return find_run(request, request.count.count(), request.alignment.count(), steps).has_value();
}

Errno LlfreeAllocator::do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  if (const Errno error = validate(request); error != Errno::eok) return error;
  const std::uint64_t count = request.count.count();
  if (count > free_) return Errno::enomem;
  if (request.contiguity == Contiguity::scattered && count > 1) {
    if (!can_scatter(request)) return Errno::enomem;
    const bool is_free = request.alignment.count() == 1 && is_everywhere(request);
    is_free ? scatter_freely(request, out, work) : scatter_constrained(request, out, work);
    return Errno::eok;
  }
  std::uint64_t start = kNone;
  if (const auto order = block_order(request)) {
    if (*order <= kMaxOrder) start = find_block(*order, work);
    if (start == kNone && fallback_ == Fallback::none) return Errno::enomem;
  }
  if (start == kNone) {
    const auto run = find_run(request, count, request.alignment.count(), work.steps);
    if (!run) return Errno::enomem;
    start = *run;
  }
  take(start, count);
  out.push_back({frame(start), request.count});
  return Errno::eok;
}

void LlfreeAllocator::scatter_freely(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  unsigned largest = scatter_order_;
  if (!request.boundary.is_zero()) largest = std::min(largest, log2_floor(request.boundary.count()));
  const std::size_t before = out.size();
  for (std::uint64_t left = request.count.count(); left != 0;) {
    const unsigned order = std::min(largest, log2_floor(left));
    const std::uint64_t block = find_block(order, work);
    if (block == kNone) {
      MEMSIM_CHECK_THAT(order != 0, "a free frame is found");
      largest = order - 1;
      continue;
    }
    take(block, size_of(order));
    left -= size_of(order);
    append_block(request, {frame(block), FrameCount(size_of(order))}, before, out);
  }
}

// Requires: can_scatter(request).
void LlfreeAllocator::scatter_constrained(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  const auto take_run = [&](std::uint64_t count, std::uint64_t alignment) {
    const auto start = find_run(request, count, alignment, work.steps);
    if (!start) return false;
    take(*start, count);
    out.push_back({frame(*start), FrameCount(count)});
    return true;
  };
  scatter_in_units(
      ScatterUnits(request, kLargestPiece),
      [&](unsigned order) { return take_run(size_of(order), std::max(size_of(order), request.alignment.count())); },
      [&](std::uint64_t count) { return take_run(count, request.alignment.count()); });
}

// --- Release ---

void LlfreeAllocator::do_release(Extent extent, CpuId, AllocatorWork& work) {
  MEMSIM_CHECK_THAT(!extent.count.is_zero() && extent.first >= extent_.first && extent.count <= extent_.count &&
                        extent.first - extent_.first <= extent_.count - extent.count,
                    "only frames of this allocator come back");
  const std::uint64_t first = extent.first.value() - origin_;
  const std::uint64_t count = extent.count.count();
  change(first, count, false);
  const std::uint64_t tree = (first + count - 1) >> tree_shift_;
  releases_in_a_row_ = tree == released_to_ ? std::min(releases_in_a_row_ + 1, kReleasesToReserve) : 1;
  released_to_ = tree;
  if (releases_in_a_row_ == kReleasesToReserve && tree != reserved_) reserve(tree << tree_shift_);
  work.steps += static_cast<std::uint32_t>(((first + count - 1) >> kHugeOrder) - (first >> kHugeOrder) + 1);
}

// --- Observers ---

void LlfreeAllocator::for_each_free(const std::function<void(Extent)>& visit) const {
  std::uint32_t steps = 0;
  any_run({}, kWhole, steps, [&](std::uint64_t first, std::uint64_t end) {
    visit({FrameNumber(first), FrameCount(end - first)});
    return false;
  });
}

std::size_t LlfreeAllocator::metadata_bytes() const {
  std::uint64_t touched = 0;
  for (std::uint64_t tree = 0; tree < tree_count(); ++tree) {
    tree = touched_.next(tree);
    if (tree == kNone) break;
    ++touched;
  }
  std::size_t sets = idle_.byte_size() + touched_.byte_size();
  for (const BitTree<TreeStart::empty>& set : trees_) sets += set.byte_size();
  const std::size_t per_tree = LlfreeBits::kBytesPerHuge * (tree_frames() / kHuge) + sizeof(std::uint32_t);
  return sizeof(*this) + sets + touched * per_tree;
}

void LlfreeAllocator::check_invariants() const {
  std::uint64_t free = 0;
  std::uint64_t tree_used = 0;
  const std::uint64_t per_tree = tree_frames() / kHuge;
  for (std::uint64_t huge = 0; huge < bits_.huge_count(); ++huge) {
    const std::uint64_t used = bits_.count_used(huge);
    MEMSIM_CHECK_THAT(used == bits_.used(huge), "a huge frame's used frames are counted");
    free += kHuge - used;
    tree_used += used;
    const std::uint64_t tree = huge / per_tree;
    const bool is_last = huge + 1 == bits_.huge_count();
    if (is_last) tree_used += tree_count() * tree_frames() - bits_.huge_count() * kHuge;
    if (!is_last && (huge + 1) % per_tree != 0) continue;
    MEMSIM_CHECK_THAT(tree_used == tree_used_[tree], "a tree's used frames are counted");
    for (const Class of : {kBusy, kPartial, kIdle, kScarce}) {
      const bool is_member = of == kIdle ? idle_.contains(tree) : trees_[of].contains(tree);
      MEMSIM_CHECK_THAT(is_member == (class_of(tree_used) == of), "a tree is in the set of its class");
    }
    tree_used = 0;
  }
  MEMSIM_CHECK_THAT(free == free_, "the free frames add up");
}

}  // namespace memsim
