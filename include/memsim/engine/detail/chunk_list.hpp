// FIFO lists of entries that share one pool of chunks. Part of EventQueue; see event_queue.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <vector>

#include <memsim/base/check.hpp>

namespace memsim::detail {

// A FIFO list: a chain of chunks, all full but the first (consumed up to `first`) and the last. It holds indices of
// entries in the pool that made it and means nothing without it. The empty list owns no chunk.
struct ChunkList {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t first = kNone;
  std::uint32_t last = kNone;

  [[nodiscard]] bool empty() const { return last == kNone; }
};

// The pool. Lists of any lengths share it without waste beyond one partial chunk each, and a chunk that one list drains
// is, still warm in the cache, the next that another list takes. Indices instead of pointers, so that a copy is a copy.
// `Entry` is trivially copyable. Every operation is O(1) an entry.
template <class Entry>
class ChunkPool {
 public:
  static constexpr std::uint32_t kChunkEntries = 16;

  // Whether the next append to the list takes a chunk, as the first one to an empty list does.
  [[nodiscard]] static bool is_at_chunk_end(const ChunkList& list) { return (list.last + 1) % kChunkEntries == 0; }

  // Appends a place for an entry, for the caller to fill. Requires: !is_at_chunk_end(list).
  [[nodiscard, gnu::always_inline]] Entry& append_in_chunk(ChunkList& list) { return entries_[++list.last]; }

  // The same, in a chunk of its own. Requires: is_at_chunk_end(list).
  [[nodiscard, gnu::noinline]] Entry& append_chunk(ChunkList& list) {
    const std::uint32_t chunk = take();
    if (list.empty()) {
      list.first = chunk * kChunkEntries;
    } else {
      next_[list.last / kChunkEntries] = chunk;
    }
    list.last = chunk * kChunkEntries;
    return entries_[list.last];
  }

  // Whether the list is one run of entries that lie side by side. Requires: !list.empty().
  [[nodiscard]] static bool is_one_run(const ChunkList& list) {
    return list.first / kChunkEntries == list.last / kChunkEntries;
  }

  // The first entry. Requires: !list.empty().
  [[nodiscard]] const Entry& front(const ChunkList& list) const { return entries_[list.first]; }

  // Calls visit(run), where a run is a std::span of entries side by side, for all runs in order until it returns false.
  template <class Visit>
  void visit_runs(const ChunkList& list, Visit visit) const {
    if (list.empty()) return;
    std::uint32_t chunk = list.first / kChunkEntries;
    std::uint32_t skipped = list.first % kChunkEntries;
    while (chunk != list.last / kChunkEntries) {
      if (!visit(run(chunk, skipped, kChunkEntries))) return;
      chunk = next_[chunk];
      skipped = 0;
    }
    visit(run(chunk, skipped, list.last % kChunkEntries + 1));
  }

  // Gives up the list and calls take(entry) for each entry in order. `take` may append to other lists of the pool.
  template <class Take>
  [[gnu::always_inline]] void drain(const ChunkList& list, Take take) {
    if (list.empty()) return;
    std::uint32_t chunk = list.first / kChunkEntries;
    std::uint32_t at = list.first;
    while (chunk != list.last / kChunkEntries) {
      prefetch(next_[chunk]);
      for (; at != (chunk + 1) * kChunkEntries; ++at) take(Entry(entries_[at]));  // a copy: `take` may move the pool
      const std::uint32_t next = next_[chunk];
      release(chunk);
      chunk = next;
      at = chunk * kChunkEntries;
    }
    for (; at <= list.last; ++at) take(Entry(entries_[at]));
    release(chunk);
  }

  // Takes the first run of entries out of the list: calls take(run), which must not append to any list of the pool.
  // Requires: !list.empty().
  template <class Take>
  void drain_run(ChunkList& list, Take take) {
    const std::uint32_t chunk = list.first / kChunkEntries;
    const std::uint32_t begin = list.first % kChunkEntries;
    if (is_one_run(list)) {
      take(run(chunk, begin, list.last % kChunkEntries + 1));
      list = ChunkList{};
    } else {
      take(run(chunk, begin, kChunkEntries));
      list.first = next_[chunk] * kChunkEntries;
      prefetch(next_[chunk]);
    }
    release(chunk);
  }

  [[nodiscard]] std::size_t memory_bytes() const {
    return entries_.capacity() * sizeof(Entry) + next_.capacity() * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t kNoChunk = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] std::span<const Entry> run(std::uint32_t chunk, std::uint32_t begin, std::uint32_t end) const {
    return {&entries_[chunk * kChunkEntries + begin], &entries_[chunk * kChunkEntries] + end};
  }

  // The chunks of a long list lie scattered, where the processor cannot guess the next.
  void prefetch(std::uint32_t chunk) const {
    constexpr std::size_t kCacheLine = 64;
    const auto* bytes = reinterpret_cast<const std::byte*>(&entries_[chunk * kChunkEntries]);
    for (std::size_t at = 0; at < kChunkEntries * sizeof(Entry); at += kCacheLine) __builtin_prefetch(bytes + at);
  }

  [[nodiscard]] std::uint32_t take() {
    const std::uint32_t chunk = first_free_;
    if (chunk == kNoChunk) return grow();
    first_free_ = next_[chunk];
    return chunk;
  }

  // By a quarter at a time, not by doubling: the pool is nearly all of a big queue's memory.
  [[nodiscard]] std::uint32_t grow() {
    const std::size_t chunks = next_.size();
    MEMSIM_CHECK_THAT(chunks + 1 < kNoChunk / kChunkEntries, "more events at once than an index can name");
    if (chunks == next_.capacity()) {
      const std::size_t wanted = chunks + chunks / 4 + 4;
      next_.reserve(wanted);
      entries_.reserve(wanted * kChunkEntries);
    }
    next_.push_back(kNoChunk);
    entries_.resize(entries_.size() + kChunkEntries);
    return static_cast<std::uint32_t>(chunks);
  }

  void release(std::uint32_t chunk) {
    next_[chunk] = first_free_;
    first_free_ = chunk;
  }

  std::vector<Entry> entries_;       // chunk number c is the entries from c * kChunkEntries on
  std::vector<std::uint32_t> next_;  // of each chunk: the next of its list, or of the free ones
  std::uint32_t first_free_ = kNoChunk;
};

}  // namespace memsim::detail
