// ExtentMap: which frames of a region are free, and the maximal runs of them, the *extents*, in address order, with a
// node of the policy's own for each.
//
// Positions are indices; index 0 is the region's first frame. An extent is [first, last], both included so that they
// fit 32 bits. What it costs to work here is mostly cache misses and the length of chains of dependent instructions, so
// the frequent questions are answered without a search:
//   - A bit per frame says whether it is taken. So a frame that comes back is known to have been handed out, and
//     whether its neighbours are free is a bit of, mostly, the same word.
//   - The nodes at both ends of an extent name the other end (boundary tags; Knuth 1968). So joining neighbours needs
//     no search either.
//   - To find an extent by address, pages of 4096 frames count the extents that begin in them. Finding one looks at the
//     64 words of a page and passes pages without at two bytes each; it is rare.
// Taking or giving back n frames sets n bits, 64 at a time. Untouched memory costs nothing.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>

#include <memsim/base/check.hpp>

#include "phys/structures/zero_array.hpp"

namespace memsim {

// What ExtentMap itself keeps of an extent, at its first and its last frame. A policy that needs links adds them in a
// derived node.
struct ExtentNode {
  std::uint32_t other_end;
};

template <class Node>
class ExtentMap {
  static_assert(std::is_base_of_v<ExtentNode, Node>);

 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // All frames are free, yet no extent is known; so add(0, size - 1) comes first. Requires: 0 < size <= 2^32.
  explicit ExtentMap(std::uint64_t size);
  ExtentMap(const ExtentMap& other);
  ExtentMap(ExtentMap&&) noexcept = default;
  ExtentMap& operator=(ExtentMap&&) noexcept = default;
  ExtentMap& operator=(const ExtentMap&) = delete;
  ~ExtentMap() = default;

  [[nodiscard]] std::uint64_t size() const { return size_; }

  // --- Frames ---

  // Whether there is a free frame `at`, which may be any number.
  [[nodiscard]] bool is_free(std::uint64_t at) const { return at < size_ && (taken_[at >> 6] >> (at & 63) & 1) == 0; }
  // Mark the frames [first, end) taken, free; give() fails a check where one is free. The extents are the caller's to
  // change. Requires: first < end <= size().
  void take(std::uint64_t first, std::uint64_t end);
  void give(std::uint64_t first, std::uint64_t end);
  // Marks `count` frames free if they and both their neighbours are taken, as one look at one word shows, and says
  // whether it has. The frequent release, in few instructions; else give() does. Requires: first + count <= size().
  [[nodiscard]] bool give_alone(std::uint64_t first, std::uint64_t count);

  // Whether the marks of the frames [first, end) are in one word, which makes them cheap to change.
  [[nodiscard]] static bool share_word(std::uint64_t first, std::uint64_t end) { return (first ^ (end - 1)) >> 6 == 0; }

  // Begins to fetch what a change at these frames will write.
  void prefetch(std::uint64_t first) const { __builtin_prefetch(&nodes_[first], 1); }

  // --- Extents ---

  // Requires of all: an extent begins at `first`.
  [[nodiscard]] std::uint64_t last(std::uint64_t first) const { return nodes_[first].other_end; }
  [[nodiscard]] std::uint64_t length(std::uint64_t first) const { return last(first) - first + 1; }
  [[nodiscard]] Node& node(std::uint64_t first) { return nodes_[first]; }
  [[nodiscard]] const Node& node(std::uint64_t first) const { return nodes_[first]; }
  // The extent that ends at `last`. Requires: one does.
  [[nodiscard]] std::uint64_t first_of(std::uint64_t last) const { return nodes_[last].other_end; }

  Node& add(std::uint64_t first, std::uint64_t last);
  void remove(std::uint64_t first) { --firsts_of_page_[first >> kPageShift]; }
  // The extent begins elsewhere, ends elsewhere. Its node at the new place keeps nothing but the tag.
  void move_first(std::uint64_t first, std::uint64_t new_first);
  void move_last(std::uint64_t first, std::uint64_t new_last) { tag(first, new_last); }

  // The first extent that begins at `at` or above (the last that does at `at` or below), or kNone. The frames' marks
  // and the extents must agree.
  [[nodiscard]] std::uint64_t next(std::uint64_t at) const;
  [[nodiscard]] std::uint64_t previous(std::uint64_t at) const;
  // The extent that holds `at`, or the first above, or kNone.
  [[nodiscard]] std::uint64_t at_or_after(std::uint64_t at) const { return is_free(at) ? previous(at) : next(at); }
  // Calls visit(first, last) for `first`, which is an extent or kNone, and those above it, ascending, until one call
  // returns true. O(extents).
  template <class Visit>
  void scan_from(std::uint64_t first, Visit&& visit) const {
    while (first != kNone && !visit(first, last(first))) first = next(last(first) + 1);
  }
  // Bit n: an extent begins at 64 * word + n.
  [[nodiscard]] std::uint64_t firsts_in(std::uint64_t word) const {
    const std::uint64_t below = word == 0 ? 1 : taken_[word - 1] >> 63;
    return ~taken_[word] & (taken_[word] << 1 | below);
  }

  // The frames whose metadata are in use: of the pages that are not wholly inside one extent. O(extents + pages).
  [[nodiscard]] std::uint64_t frames_in_use() const;
  [[nodiscard]] std::size_t metadata_bytes() const {
    return frames_in_use() * sizeof(Node) + frames_in_use() / 8 + firsts_of_page_.size() * sizeof(std::uint16_t);
  }

 private:
  static constexpr unsigned kPageShift = 12;  // log2 of the frames of a page
  static constexpr std::uint64_t kWordsPerPage = std::uint64_t{1} << (kPageShift - 6);

  static std::uint64_t from_first(std::uint64_t first) { return ~std::uint64_t{0} << (first & 63); }
  static std::uint64_t to_last(std::uint64_t end) { return ~std::uint64_t{0} >> (63 - ((end - 1) & 63)); }
  static void give_in(std::uint64_t& word, std::uint64_t mask) {
    MEMSIM_CHECK_THAT((word & mask) == mask, "a frame that comes back was handed out");
    word ^= mask;
  }
  // The same for frames in several words. Apart, so that the frequent case is short.
  [[gnu::noinline]] void take_words(std::uint64_t first, std::uint64_t end);
  [[gnu::noinline]] void give_words(std::uint64_t first, std::uint64_t end);
  void tag(std::uint64_t first, std::uint64_t last) {
    nodes_[first].other_end = static_cast<std::uint32_t>(last);
    nodes_[last].other_end = static_cast<std::uint32_t>(first);
  }
  [[nodiscard]] std::uint64_t words_end(std::uint64_t page) const {
    return std::min((page + 1) * kWordsPerPage, std::uint64_t{taken_.size()});
  }
  // Calls visit(page) for the pages that are not wholly inside an extent, ascending.
  template <class Visit>
  void for_each_page_in_use(Visit&& visit) const;

  std::uint64_t size_;
  ZeroArray<std::uint64_t> taken_;  // bit per frame; set past the end
  ZeroArray<Node> nodes_;           // at the first and the last frame of each extent
  ZeroArray<std::uint16_t> firsts_of_page_;
};

template <class Node>
ExtentMap<Node>::ExtentMap(std::uint64_t size)
    : size_(size), taken_((size + 63) / 64), nodes_(size), firsts_of_page_(((size - 1) >> kPageShift) + 1) {
  if (size % 64 != 0) taken_[size / 64] = ~std::uint64_t{0} << (size % 64);
}

template <class Node>
ExtentMap<Node>::ExtentMap(const ExtentMap& other) : ExtentMap(other.size_) {
  other.for_each_page_in_use([&](std::uint64_t page) {
    for (std::uint64_t word = page * kWordsPerPage; word < words_end(page); ++word) taken_[word] = other.taken_[word];
  });
  other.scan_from(other.next(0), [&](std::uint64_t first, std::uint64_t last) {
    nodes_[first] = other.nodes_[first];
    nodes_[last].other_end = static_cast<std::uint32_t>(first);
    ++firsts_of_page_[first >> kPageShift];
    return false;
  });
}

// --- Frames ---

template <class Node>
[[gnu::always_inline]] inline void ExtentMap<Node>::take(std::uint64_t first, std::uint64_t end) {
  if (!share_word(first, end)) return take_words(first, end);
  taken_[first >> 6] |= from_first(first) & to_last(end);
}

template <class Node>
[[gnu::always_inline]] inline void ExtentMap<Node>::give(std::uint64_t first, std::uint64_t end) {
  if (!share_word(first, end)) return give_words(first, end);
  give_in(taken_[first >> 6], from_first(first) & to_last(end));
}

template <class Node>
[[gnu::always_inline]] inline bool ExtentMap<Node>::give_alone(std::uint64_t first, std::uint64_t count) {
  const std::uint64_t at = first & 63;
  if (at - 1 >= 62 || count - 1 >= 63 - at) return false;  // a neighbour is in another word, or count is 0
  const std::uint64_t with_neighbours = ~std::uint64_t{0} >> (62 - count) << (at - 1);
  std::uint64_t& word = taken_[first >> 6];
  if ((word & with_neighbours) != with_neighbours) return false;
  word ^= with_neighbours >> 1 & with_neighbours << 1;
  return true;
}

template <class Node>
void ExtentMap<Node>::take_words(std::uint64_t first, std::uint64_t end) {
  std::uint64_t word = first >> 6;
  taken_[word] |= from_first(first);
  while (++word < (end - 1) >> 6) taken_[word] = ~std::uint64_t{0};
  taken_[word] |= to_last(end);
}

template <class Node>
void ExtentMap<Node>::give_words(std::uint64_t first, std::uint64_t end) {
  std::uint64_t word = first >> 6;
  give_in(taken_[word], from_first(first));
  while (++word < (end - 1) >> 6) give_in(taken_[word], ~std::uint64_t{0});
  give_in(taken_[word], to_last(end));
}

// --- Extents ---

template <class Node>
[[gnu::always_inline]] inline Node& ExtentMap<Node>::add(std::uint64_t first, std::uint64_t last) {
  ++firsts_of_page_[first >> kPageShift];
  tag(first, last);
  return nodes_[first];
}

template <class Node>
[[gnu::always_inline]] inline void ExtentMap<Node>::move_first(std::uint64_t first, std::uint64_t new_first) {
  if (first >> kPageShift != new_first >> kPageShift) {
    --firsts_of_page_[first >> kPageShift];
    ++firsts_of_page_[new_first >> kPageShift];
  }
  tag(new_first, nodes_[first].other_end);
}

template <class Node>
std::uint64_t ExtentMap<Node>::next(std::uint64_t at) const {
  if (at >= size_) return kNone;
  std::uint64_t page = at >> kPageShift;
  std::uint64_t word = at >> 6;
  std::uint64_t firsts = firsts_in(word) & (~std::uint64_t{0} << (at & 63));
  for (;;) {
    while (firsts == 0 && ++word < words_end(page)) firsts = firsts_in(word);
    if (firsts != 0) return word * 64 + static_cast<unsigned>(std::countr_zero(firsts));
    do {
      if (++page == firsts_of_page_.size()) return kNone;
    } while (firsts_of_page_[page] == 0);
    word = page * kWordsPerPage;
    firsts = firsts_in(word);
  }
}

template <class Node>
std::uint64_t ExtentMap<Node>::previous(std::uint64_t at) const {
  at = std::min(at, size_ - 1);
  std::uint64_t page = at >> kPageShift;
  std::uint64_t word = at >> 6;
  std::uint64_t firsts = firsts_in(word) & (~std::uint64_t{0} >> (63 - (at & 63)));
  for (;;) {
    while (firsts == 0 && word > page * kWordsPerPage) firsts = firsts_in(--word);
    if (firsts != 0) return word * 64 + static_cast<unsigned>(std::bit_width(firsts)) - 1;
    do {
      if (page-- == 0) return kNone;
    } while (firsts_of_page_[page] == 0);
    word = words_end(page) - 1;
    firsts = firsts_in(word);
  }
}

template <class Node>
template <class Visit>
void ExtentMap<Node>::for_each_page_in_use(Visit&& visit) const {
  std::uint64_t page = 0;
  scan_from(next(0), [&](std::uint64_t first, std::uint64_t last) {
    while (page << kPageShift < first) visit(page++);
    page = std::max(page, (last + 1) >> kPageShift);
    return false;
  });
  while (page << kPageShift < size_) visit(page++);
}

template <class Node>
std::uint64_t ExtentMap<Node>::frames_in_use() const {
  std::uint64_t pages = 0;
  for_each_page_in_use([&](std::uint64_t) { ++pages; });
  return std::min(pages << kPageShift, size_);
}

}  // namespace memsim
