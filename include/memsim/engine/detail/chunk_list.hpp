// FIFO lists of entries that share one pool of chunks. Part of EventQueue; see event_queue.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <memsim/base/check.hpp>

namespace memsim::detail {

inline constexpr std::uint32_t kNoChunk = std::numeric_limits<std::uint32_t>::max();

// A FIFO list: a chain of chunks, all full but the first (consumed up to `begin`) and the last. It holds indices into
// the pool that made it and means nothing without it. The empty list owns no chunk.
struct ChunkList {
  std::uint32_t head = kNoChunk;
  std::uint32_t tail = kNoChunk;
  std::uint32_t begin = 0;  // entries of the first chunk that are gone
  std::uint32_t size = 0;

  [[nodiscard]] bool empty() const { return size == 0; }
};

// The pool. Lists of any lengths share it without waste beyond one partial chunk each, and a chunk that one list drains
// is, still warm in the cache, the next that another list takes. Indices instead of pointers, so that a copy is a copy.
// `Entry` is trivially copyable. Every operation is O(1) an entry.
template <class Entry>
class ChunkPool {
 public:
  static constexpr std::uint32_t kChunkEntries = 16;

  [[gnu::always_inline]] void append(ChunkList& list, const Entry& entry) {
    const std::uint32_t at = (list.begin + list.size) % kChunkEntries;
    if (at == 0) extend(list);
    chunks_[list.tail].entries[at] = entry;
    ++list.size;
  }

  // Requires: !list.empty().
  [[nodiscard]] const Entry& front(const ChunkList& list) const { return chunks_[list.head].entries[list.begin]; }

  // Requires: !list.empty().
  void pop_front(ChunkList& list) {
    ++list.begin;
    --list.size;
    if (list.size == 0) {
      release(list.head);
      list = ChunkList{};
    } else if (list.begin == kChunkEntries) {
      const std::uint32_t drained = list.head;
      list.head = chunks_[drained].next;
      list.begin = 0;
      release(drained);
    }
  }

  // Calls visit(entry) for each entry in order until it returns false.
  template <class Visit>
  void visit_while(const ChunkList& list, Visit visit) const {
    std::uint32_t chunk = list.head;
    std::uint32_t at = list.begin;
    for (std::uint32_t left = list.size; left != 0;) {
      const std::uint32_t end = end_in_chunk(at, left);
      left -= end - at;
      for (; at != end; ++at) {
        if (!visit(chunks_[chunk].entries[at])) return;
      }
      chunk = chunks_[chunk].next;
      at = 0;
    }
  }

  // Empties the list and calls take(entry) for each entry in order. `take` may append to other lists of the pool.
  template <class Take>
  void drain(ChunkList& list, Take take) {
    ChunkList rest = list;
    list = ChunkList{};
    while (rest.size != 0) {
      const std::uint32_t chunk = rest.head;
      const std::uint32_t end = end_in_chunk(rest.begin, rest.size);
      if (chunk != rest.tail) prefetch(chunks_[chunk].next);
      for (std::uint32_t at = rest.begin; at != end; ++at) {
        const Entry entry = chunks_[chunk].entries[at];  // a copy: `take` may move the pool
        take(entry);
      }
      rest.size -= end - rest.begin;
      rest.begin = 0;
      rest.head = chunks_[chunk].next;
      release(chunk);
    }
  }

  [[nodiscard]] std::size_t memory_bytes() const { return chunks_.capacity() * sizeof(Chunk); }

 private:
  struct Chunk {
    std::array<Entry, kChunkEntries> entries;
    std::uint32_t next;
  };

  // The chunks of a long list lie scattered, where the processor cannot guess the next.
  void prefetch(std::uint32_t chunk) const {
    constexpr std::size_t kCacheLine = 64;
    const auto* bytes = reinterpret_cast<const std::byte*>(&chunks_[chunk]);
    for (std::size_t at = 0; at < sizeof(Chunk); at += kCacheLine) __builtin_prefetch(bytes + at);
  }

  // Where `left` entries that start at `begin` end in their first chunk.
  [[nodiscard]] static std::uint32_t end_in_chunk(std::uint32_t begin, std::uint32_t left) {
    return left < kChunkEntries - begin ? begin + left : kChunkEntries;
  }

  [[gnu::noinline]] void extend(ChunkList& list) {
    std::uint32_t chunk = first_free_;
    if (chunk == kNoChunk) {
      chunk = grow();
    } else {
      first_free_ = chunks_[chunk].next;
    }
    chunks_[chunk].next = kNoChunk;
    if (list.size == 0) {
      list.head = chunk;
    } else {
      chunks_[list.tail].next = chunk;
    }
    list.tail = chunk;
  }

  // By a quarter at a time, not by doubling: the pool is nearly all of a big queue's memory.
  [[nodiscard]] std::uint32_t grow() {
    MEMSIM_CHECK_THAT(chunks_.size() < kNoChunk, "more chunks of events than an index can name");
    if (chunks_.size() == chunks_.capacity()) chunks_.reserve(chunks_.size() + chunks_.size() / 4 + 4);
    chunks_.emplace_back();
    return static_cast<std::uint32_t>(chunks_.size() - 1);
  }

  void release(std::uint32_t chunk) {
    chunks_[chunk].next = first_free_;
    first_free_ = chunk;
  }

  std::vector<Chunk> chunks_;
  std::uint32_t first_free_ = kNoChunk;
};

}  // namespace memsim::detail
