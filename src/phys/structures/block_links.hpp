// BlockLinks: doubly linked lists of free blocks, each block named by its first frame's index, with a head and a tail.
//
// Eight bytes per frame, used at the first frame of listed blocks only. A block is on one list at most, so that all
// lists of an allocator share one array of links.
#pragma once

#include <cstdint>

#include "phys/structures/zero_array.hpp"

namespace memsim {

struct BlockList {
  std::uint32_t head = 0;  // head and tail mean nothing where the list is empty
  std::uint32_t tail = 0;
  std::uint64_t length = 0;  // blocks

  [[nodiscard]] bool is_empty() const { return length == 0; }
};

class BlockLinks {
 public:
  // For the indices 0..space-1.
  explicit BlockLinks(std::uint64_t space) : links_(space) {}

  void push_head(BlockList& list, std::uint32_t block) {
    if (list.is_empty()) list.tail = block;
    links_[block].next = list.head;
    if (!list.is_empty()) links_[list.head].previous = block;
    list.head = block;
    ++list.length;
  }
  void push_tail(BlockList& list, std::uint32_t block) {
    if (list.is_empty()) list.head = block;
    links_[block].previous = list.tail;
    if (!list.is_empty()) links_[list.tail].next = block;
    list.tail = block;
    ++list.length;
  }
  // Requires: the block is on this list.
  void remove(BlockList& list, std::uint32_t block) {
    const Links links = links_[block];
    if (list.head == block) {
      list.head = links.next;
    } else {
      links_[links.previous].next = links.next;
    }
    if (list.tail == block) {
      list.tail = links.previous;
    } else {
      links_[links.next].previous = links.previous;
    }
    --list.length;
  }

  // Calls visit(block) from head to tail until one returns true; says whether one did.
  template <class Visit>
  bool any_of(const BlockList& list, Visit&& visit) const {
    std::uint32_t block = list.head;
    for (std::uint64_t left = list.length; left != 0; --left) {
      if (visit(block)) return true;
      if (left != 1) block = links_[block].next;
    }
    return false;
  }

  static constexpr std::size_t kBytesPerBlock = 2 * sizeof(std::uint32_t);

  // For a copy: the links of one block.
  void copy(const BlockLinks& other, std::uint32_t block) { links_[block] = other.links_[block]; }

 private:
  struct Links {
    std::uint32_t previous;
    std::uint32_t next;
  };
  ZeroArray<Links> links_;  // what points beyond an end of a list is never read
};

}  // namespace memsim
