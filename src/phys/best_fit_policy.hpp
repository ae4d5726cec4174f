// The policy `best_fit`: the shortest free extent that is long enough, of equally short ones the lowest, from its
// lower end. BestFit is its part of ExtentAllocator.
//
// There is a bin for every length, and a BitTree of the lengths whose bin is not empty, so that the shortest sufficient
// length is found in O(log64 frames). A bin is a pairing heap (Fredman, Sedgewick, Sleator and Tarjan, 1986) by address
// with its links in the extents' nodes: adding is O(1), taking the lowest or any other O(log extents), amortised. No
// tree is balanced and nothing is allocated; the layout depends on the extents and their history only.
//
// With constraints, the shortest extent that holds a conforming run serves, of equally short ones the lowest, from its
// lowest conforming start. Without a window the bins are gone through upward: all of a bin's extents up to the length
// that always suffices. With one, the extents of the window are. O(extents).
// Steps: the extents looked at; for an unconstrained request one.
#pragma once

#include <cstdint>

#include <memsim/phys/policy.hpp>
#include <memsim/phys/request.hpp>

#include "phys/extent_allocator.hpp"
#include "phys/extent_lengths.hpp"
#include "phys/extent_map.hpp"
#include "phys/extent_places.hpp"
#include "phys/sparse_array.hpp"

namespace memsim {

class BestFit {
 public:
  explicit BestFit(Extent region)
      : extents_(region.count.count()), lengths_(region.count.count()), lowest_(region.count.count() + 1) {}

  struct Node : ExtentNode {
    // Links in the heap of its bin; the node itself where there is none.
    std::uint32_t child;     // the first of those below it
    std::uint32_t sibling;   // the next below the same parent
    std::uint32_t previous;  // the sibling before, or of a first child the parent
  };

  [[nodiscard]] ExtentMap<Node>& extents() { return extents_; }
  [[nodiscard]] const ExtentMap<Node>& extents() const { return extents_; }
  void add(std::uint64_t first, std::uint64_t last);
  void remove(std::uint64_t first);
  void move_first(std::uint64_t first, std::uint64_t new_first);
  void move_last(std::uint64_t first, std::uint64_t new_last);

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
  static constexpr std::uint64_t kNone = ExtentMap<Node>::kNone;

  void add_to_bin(std::uint32_t first, std::uint64_t length);
  // Leaves the length among the lengths, and says whether it must go from there.
  [[nodiscard]] bool remove_from_bin(std::uint32_t first, std::uint64_t length);
  // Makes one heap of two, given by their roots, and returns its root.
  std::uint32_t meld(std::uint32_t a, std::uint32_t b);
  // Makes one heap of the children of `parent`, which has some, and returns its root.
  std::uint32_t meld_children(std::uint32_t parent);
  // Calls visit(first) for all extents of the bin.
  template <class Visit>
  void for_each_in_bin(std::uint64_t length, Visit&& visit) const;

  [[nodiscard]] ExtentPlace find_in_bins(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const;
  [[nodiscard]] ExtentPlace find_in_window(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const;

  ExtentMap<Node> extents_;
  ExtentLengths lengths_;              // those whose bin is not empty
  SparseArray<std::uint32_t> lowest_;  // [length]: the root of that bin, its lowest extent
};

[[nodiscard]] const Policy& best_fit_policy();

}  // namespace memsim
