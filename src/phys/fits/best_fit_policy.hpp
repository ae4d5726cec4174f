// The policy `best_fit`: the shortest free extent that is long enough, of equally short ones the lowest, from its
// lower end. BestFit is its part of ExtentAllocator.
//
// There is a bin for every length, and a BitTree of the lengths whose bin is not empty, so that the shortest sufficient
// length is found in O(log64 frames). A bin is a pairing heap (Fredman, Sedgewick, Sleator and Tarjan, 1986) by address
// with its links in the extents' nodes: adding is O(1), taking the lowest or any other O(log extents), amortised. No
// tree is balanced and nothing is allocated; the layout depends on the extents and their history only.
//
// The extent that came or changed last stands in no bin (latest_extent.hpp).
//
// With constraints, the shortest extent that holds a conforming run serves, of equally short ones the lowest, from its
// lowest conforming start. Without a window the bins are gone through upward: all of a bin's extents up to the length
// that always suffices. With one, the extents of the window are. O(extents).
// Steps: the extents looked at; for an unconstrained request one.
#pragma once

#include <cstdint>

#include <memsim/phys/policy.hpp>
#include <memsim/phys/request.hpp>

#include "phys/fits/extent_allocator.hpp"
#include "phys/fits/latest_extent.hpp"
#include "phys/requests/extent_places.hpp"
#include "phys/structures/extent_lengths.hpp"
#include "phys/structures/extent_map.hpp"
#include "phys/structures/sparse_array.hpp"

namespace memsim {

struct BestFitNode : ExtentNode {
  // Links in the heap of its bin; the node itself where there is none.
  std::uint32_t child;     // the first of those below it
  std::uint32_t sibling;   // the next below the same parent
  std::uint32_t previous;  // the sibling before, or of a first child the parent
};

class BestFit : public ExtentsButLatest<BestFit, BestFitNode> {
 public:
  explicit BestFit(Extent region)
      : ExtentsButLatest(region.count.count()), lengths_(region.count.count()), lowest_(region.count.count() + 1) {}

  [[nodiscard]] bool latest_serves(std::uint64_t count) const {
    return count == latest_length() && ExtentMap<Node>::share_word(latest(), latest() + count) &&
           !lengths_.contains_short(count);
  }
  [[nodiscard]] ExtentPlace find(std::uint64_t count, Mobility mobility, std::uint32_t& steps) const;
  [[nodiscard]] ExtentPlace find(const ExtentPlaces& places, std::uint64_t count, Mobility mobility,
                                 std::uint32_t& steps) const;
  [[nodiscard]] std::uint64_t largest(std::uint32_t& steps) const;
  void handed_out(std::uint64_t, std::uint64_t) {}

  [[nodiscard]] std::size_t metadata_bytes() const {
    return extents_.metadata_bytes() + lowest_.byte_size() + lowest_.byte_size() / sizeof(std::uint32_t) / 8;
  }
  void check_invariants(std::uint64_t count) const;

 private:
  friend ExtentsButLatest;
  using Node = BestFitNode;

  [[gnu::noinline]] void put_in(std::uint32_t first, std::uint64_t length);
  [[gnu::noinline]] void take_out(std::uint32_t first, std::uint64_t length);
  // Makes one heap of two, given by their roots, and returns its root.
  std::uint32_t meld(std::uint32_t a, std::uint32_t b);
  // Makes one heap of the children of `parent`, which has some, and returns its root.
  std::uint32_t meld_children(std::uint32_t parent);
  // Calls visit(first) for all extents of the bin.
  template <class Visit>
  void for_each_in_bin(std::uint64_t length, Visit&& visit) const;

  // The shortest length from `length` on that an extent has, or kNone.
  [[nodiscard]] std::uint64_t next_length(std::uint64_t length) const {
    const std::uint64_t binned = lengths_.next(length);
    return length <= latest_length() && latest_length() < binned ? latest_length() : binned;
  }
  // The lowest extent of the length. Requires: there is one.
  [[nodiscard]] std::uint64_t lowest_of(std::uint64_t length) const {
    if (!lengths_.contains(length)) return latest();
    const std::uint64_t lowest = lowest_[length];
    return length == latest_length() && latest() < lowest ? latest() : lowest;
  }
  // Calls visit(first) for all extents of the length.
  template <class Visit>
  void for_each_of(std::uint64_t length, Visit&& visit) const {
    if (length == latest_length()) visit(latest());
    if (lengths_.contains(length)) for_each_in_bin(length, visit);
  }

  [[nodiscard]] ExtentPlace find_in_bins(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const;
  [[nodiscard]] ExtentPlace find_in_window(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const;

  ExtentLengths lengths_;              // those whose bin is not empty
  SparseArray<std::uint32_t> lowest_;  // [length]: the root of that bin, its lowest extent
};

[[nodiscard]] const Policy& best_fit_policy();

}  // namespace memsim
