// Yardsticks: the plainest binary buddies of two kinds, with nothing but what the algorithm needs. No checks, no
// constraints, no interface, whole top blocks only. What a full allocator costs is read against them.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace memsim::bench {

inline constexpr std::uint64_t kRefused = ~std::uint64_t{0};

// Doubly linked lists on compact nodes: two links of four bytes and one byte of state per frame.
class ListYardstick {
 public:
  ListYardstick(std::uint64_t frames, unsigned top) : top_(top), links_(frames), state_(frames, 0) {
    heads_.fill(kNone);
    for (std::uint64_t at = frames; at > 0;) push(static_cast<std::uint32_t>(at -= std::uint64_t{1} << top), top);
  }

  std::uint64_t allocate(std::uint32_t order) {
    unsigned from = order;
    while (heads_[from] == kNone) {
      if (++from > top_) return kRefused;
    }
    const std::uint32_t block = heads_[from];
    remove(block, from);
    while (from > order) push(block + (1U << (from - 1)), from - 1), --from;
    return block;
  }

  void release(std::uint32_t block, std::uint32_t order) {
    while (order < top_ && state_[block ^ (1U << order)] == order + 1) {
      remove(block ^ (1U << order), order);
      block &= ~(1U << order);
      ++order;
    }
    push(block, order);
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Links {
    std::uint32_t previous;
    std::uint32_t next;
  };

  void push(std::uint32_t block, unsigned order) {
    const std::uint32_t head = heads_[order];
    links_[block] = {kNone, head};
    if (head != kNone) links_[head].previous = block;
    heads_[order] = block;
    state_[block] = static_cast<std::uint8_t>(order + 1);
  }
  void remove(std::uint32_t block, unsigned order) {
    const Links links = links_[block];
    (links.previous != kNone ? links_[links.previous].next : heads_[order]) = links.next;
    if (links.next != kNone) links_[links.next].previous = links.previous;
    state_[block] = 0;
  }

  unsigned top_;
  std::vector<Links> links_;
  std::vector<std::uint8_t> state_;
  std::array<std::uint32_t, 33> heads_{};
};

// One 64-ary bitmap per order; the lowest block of the smallest order that has one.
class BitmapYardstick {
 public:
  BitmapYardstick(std::uint64_t frames, unsigned top) : top_(top), orders_(top + 1) {
    for (unsigned order = 0; order <= top; ++order) {
      for (std::uint64_t bits = frames >> order;;) {
        orders_[order].emplace_back((bits + 63) / 64, 0);
        bits = (bits + 63) / 64;
        if (bits == 1) break;
      }
    }
    for (std::uint64_t at = 0; at < frames >> top; ++at) set(top, at);
  }

  std::uint64_t allocate(std::uint32_t order) {
    unsigned from = order;
    while (orders_[from].back()[0] == 0) {
      if (++from > top_) return kRefused;
    }
    std::uint64_t at = 0;
    for (std::size_t level = orders_[from].size(); level-- > 0;) {
      at = at * 64 + static_cast<unsigned>(std::countr_zero(orders_[from][level][at]));
    }
    clear(from, at);
    const auto block = static_cast<std::uint32_t>(at << from);
    while (from > order) {
      --from;
      set(from, (block >> from) + 1);
    }
    return block;
  }

  void release(std::uint32_t block, std::uint32_t order) {
    while (order < top_) {
      const std::uint64_t buddy = (block >> order) ^ 1;
      if ((orders_[order][0][buddy >> 6] >> (buddy & 63) & 1) == 0) break;
      clear(order, buddy);
      block &= ~(1U << order);
      ++order;
    }
    set(order, block >> order);
  }

 private:
  void set(unsigned order, std::uint64_t at) {
    for (auto& level : orders_[order]) {
      const std::uint64_t before = level[at >> 6];
      level[at >> 6] = before | std::uint64_t{1} << (at & 63);
      if (before != 0) return;
      at >>= 6;
    }
  }
  void clear(unsigned order, std::uint64_t at) {
    for (auto& level : orders_[order]) {
      if ((level[at >> 6] &= ~(std::uint64_t{1} << (at & 63))) != 0) return;
      at >>= 6;
    }
  }

  unsigned top_;
  std::vector<std::vector<std::vector<std::uint64_t>>> orders_;
};

}  // namespace memsim::bench
