// Yardstick: the plainest best fit as one writes it from library parts. Extents are nodes of a red-black tree of
// Boost.Intrusive by length and address; the node at an extent's other end holds its length, so that neighbours are
// joined without a search. No checks, no constraints, no interface.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/intrusive/set.hpp>

#include "phys_yardsticks.hpp"

namespace memsim::bench {

class BestFitYardstick {
 public:
  BestFitYardstick(std::uint64_t frames, unsigned) : nodes_(frames + 2) { add(&nodes_[1], frames); }

  std::uint64_t allocate(std::uint32_t order) {
    const std::uint64_t count = std::uint64_t{1} << order;
    const auto found = by_length_.lower_bound(count, IsShorter());
    if (found == by_length_.end()) return kRefused;
    Node* const first = &*found;
    const std::uint64_t length = first->length;
    by_length_.erase(found);
    first->length = 0;
    first[count - 1].length = 0;
    if (length > count) add(first + count, length - count);
    return static_cast<std::uint64_t>(first - nodes_.data()) - 1;
  }

  void release(std::uint32_t start, std::uint32_t order) {
    Node* first = &nodes_[start + 1];
    std::uint64_t length = std::uint64_t{1} << order;
    if (const std::uint64_t above = first[length].length; above != 0) {
      by_length_.erase(by_length_.iterator_to(first[length]));
      length += above;
    }
    if (const std::uint64_t below = first[-1].length; below != 0) {
      first -= below;
      by_length_.erase(by_length_.iterator_to(*first));
      length += below;
    }
    add(first, length);
  }

 private:
  using Hook = boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>,
                                               boost::intrusive::optimize_size<true>>;
  // One for each frame and one beyond either end. Their order in memory is that of the frames.
  struct Node : Hook {
    std::uint64_t length = 0;  // at both ends of an extent; 0 at those of what is handed out
    friend bool operator<(const Node& a, const Node& b) { return a.length != b.length ? a.length < b.length : &a < &b; }
  };
  struct IsShorter {
    bool operator()(const Node& node, std::uint64_t length) const { return node.length < length; }
    bool operator()(std::uint64_t length, const Node& node) const { return length < node.length; }
  };

  void add(Node* first, std::uint64_t length) {
    first->length = length;
    first[length - 1].length = length;
    by_length_.insert(*first);
  }

  std::vector<Node> nodes_;
  boost::intrusive::set<Node, boost::intrusive::constant_time_size<false>> by_length_;
};

}  // namespace memsim::bench
