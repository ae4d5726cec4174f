// Bare event structures, the yardsticks of EventQueue: nothing but the structure, 24-byte events, no checks, no
// handles. All deliver by (time, sequence). Each has push(time, payload), pop() of a queue that is not empty, and
// memory_bytes().
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

namespace memsim::bench {

struct BareEvent {
  std::uint64_t time;
  std::uint64_t sequence;
  std::uint64_t payload;

  friend bool operator<(const BareEvent& a, const BareEvent& b) {
    return a.time != b.time ? a.time < b.time : a.sequence < b.sequence;
  }
  friend bool operator>(const BareEvent& a, const BareEvent& b) { return b < a; }
};

template <class T>
std::size_t held_bytes(const std::vector<T>& items) {
  return items.capacity() * sizeof(T);
}

// The textbook radix heap: a bucket for each highest bit in which a time differs from that of the last pop.
class BareRadixHeap {
 public:
  [[gnu::always_inline]] void push(std::uint64_t time, std::uint64_t payload) { insert({time, sequence_++, payload}); }

  [[gnu::always_inline]] BareEvent pop() {
    if (taken_ == buckets_[0].size()) refill();
    const BareEvent event = buckets_[0][taken_++];
    if (taken_ == buckets_[0].size()) {
      buckets_[0].clear();
      taken_ = 0;
    }
    return event;
  }

  [[nodiscard]] std::size_t memory_bytes() const {
    std::size_t bytes = sizeof(*this);
    for (const auto& bucket : buckets_) bytes += held_bytes(bucket);
    return bytes;
  }

 private:
  void insert(const BareEvent& event) {
    const auto index = static_cast<std::size_t>(std::bit_width(event.time ^ last_));
    buckets_[index].push_back(event);
    if (index != 0) occupied_ |= std::uint64_t{1} << (index - 1);
  }

  void refill() {
    std::vector<BareEvent>& bucket = buckets_[static_cast<std::size_t>(std::countr_zero(occupied_)) + 1];
    occupied_ &= occupied_ - 1;
    last_ = std::min_element(bucket.begin(), bucket.end(), [](const BareEvent& a, const BareEvent& b) {
              return a.time < b.time;
            })->time;
    for (const BareEvent& event : bucket) insert(event);
    bucket.clear();
  }

  std::array<std::vector<BareEvent>, 65> buckets_;
  std::uint64_t occupied_ = 0;
  std::uint64_t last_ = 0;
  std::size_t taken_ = 0;
  std::uint64_t sequence_ = 0;
};

class BareStdHeap {
 public:
  void push(std::uint64_t time, std::uint64_t payload) { heap_.push({time, sequence_++, payload}); }
  BareEvent pop() {
    const BareEvent event = heap_.top();
    heap_.pop();
    return event;
  }
  [[nodiscard]] std::size_t memory_bytes() const { return heap_.size() * sizeof(BareEvent); }

 private:
  std::priority_queue<BareEvent, std::vector<BareEvent>, std::greater<>> heap_;
  std::uint64_t sequence_ = 0;
};

// An implicit heap of four children a node.
class BareFourAryHeap {
 public:
  void push(std::uint64_t time, std::uint64_t payload) {
    const BareEvent event{time, sequence_++, payload};
    std::size_t at = heap_.size();
    heap_.push_back(event);
    for (; at != 0 && event < heap_[(at - 1) / 4]; at = (at - 1) / 4) heap_[at] = heap_[(at - 1) / 4];
    heap_[at] = event;
  }

  BareEvent pop() {
    const BareEvent event = heap_.front();
    const BareEvent moved = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(moved);
    return event;
  }

  [[nodiscard]] std::size_t memory_bytes() const { return held_bytes(heap_); }

 private:
  void sink(const BareEvent& event) {
    std::size_t at = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 4 * at + 1) {
      std::size_t least = child;
      const std::size_t end = std::min(child + 4, heap_.size());
      for (std::size_t other = child + 1; other < end; ++other) {
        if (heap_[other] < heap_[least]) least = other;
      }
      if (!(heap_[least] < event)) break;
      heap_[at] = heap_[least];
      at = least;
    }
    heap_[at] = event;
  }

  std::vector<BareEvent> heap_;
  std::uint64_t sequence_ = 0;
};

// A ladder queue: an unsorted top, rungs of buckets whose width shrinks from rung to rung, and a sorted bottom.
// Widths are powers of two, so that finding a bucket takes a shift.
class BareLadderQueue {
 public:
  [[gnu::always_inline]] void push(std::uint64_t time, std::uint64_t payload) {
    const BareEvent event{time, sequence_++, payload};
    if (time >= top_start_) {
      top_min_ = std::min(top_min_, time);
      top_max_ = std::max(top_max_, time);
      top_.push_back(event);
      return;
    }
    for (std::size_t rung = 0; rung != rungs_in_use_; ++rung) {
      if (time >= rungs_[rung].current_start()) return rungs_[rung].insert(event);
    }
    insert_bottom(event);
  }

  [[gnu::always_inline]] BareEvent pop() {
    while (bottom_.empty()) refill();
    const BareEvent event = bottom_.back();
    bottom_.pop_back();
    return event;
  }

  [[nodiscard]] std::size_t memory_bytes() const {
    std::size_t bytes = sizeof(*this) + held_bytes(top_) + held_bytes(bottom_);
    for (const Rung& rung : rungs_) {
      bytes += held_bytes(rung.buckets);
      for (const auto& bucket : rung.buckets) bytes += held_bytes(bucket);
    }
    return bytes;
  }

 private:
  static constexpr std::size_t kThreshold = 48;
  static constexpr std::size_t kRungs = 8;

  struct Rung {
    std::vector<std::vector<BareEvent>> buckets;
    std::uint64_t start = 0;
    unsigned shift = 0;
    std::size_t current = 0;
    std::size_t size = 0;

    [[nodiscard]] std::uint64_t current_start() const { return start + (std::uint64_t{current} << shift); }
    void insert(const BareEvent& event) {
      buckets[(event.time - start) >> shift].push_back(event);
      ++size;
    }
    // Buckets for `events` that begin at `first` and span `span`, about one an event.
    void open(std::uint64_t first, std::uint64_t span, std::size_t events) {
      start = first;
      current = 0;
      size = 0;
      const std::uint64_t width = span / events + 1;
      shift = static_cast<unsigned>(std::bit_width(width - 1));
      const std::size_t wanted = (span >> shift) + 1;
      if (buckets.size() < wanted) buckets.resize(wanted);
    }
  };

  void refill() {
    if (rungs_in_use_ == 0) {
      if (top_.size() <= kThreshold) return sort_top();
      open_rung(top_min_, top_max_ - top_min_, top_);
      start_top();
    }
    Rung& rung = rungs_[rungs_in_use_ - 1];
    while (rung.buckets[rung.current].empty()) ++rung.current;
    std::vector<BareEvent>& bucket = rung.buckets[rung.current];
    rung.size -= bucket.size();
    if (bucket.size() > kThreshold && rungs_in_use_ != kRungs && rung.shift != 0) {
      const std::uint64_t first = rung.current_start();
      ++rung.current;
      open_rung(first, (std::uint64_t{1} << rung.shift) - 1, bucket);
    } else {
      ++rung.current;
      bottom_.assign(bucket.begin(), bucket.end());
      bucket.clear();
      std::sort(bottom_.begin(), bottom_.end(), std::greater<>());
    }
    while (rungs_in_use_ != 0 && rungs_[rungs_in_use_ - 1].size == 0) --rungs_in_use_;
  }

  void open_rung(std::uint64_t first, std::uint64_t span, std::vector<BareEvent>& events) {
    Rung& rung = rungs_[rungs_in_use_++];
    rung.open(first, span, events.size());
    for (const BareEvent& event : events) rung.insert(event);
    events.clear();
  }

  void sort_top() {
    bottom_.assign(top_.begin(), top_.end());
    std::sort(bottom_.begin(), bottom_.end(), std::greater<>());
    top_.clear();
    start_top();
  }

  void start_top() {
    top_start_ = top_max_ + 1;
    top_min_ = ~std::uint64_t{0};
  }

  void insert_bottom(const BareEvent& event) {
    std::size_t at = bottom_.size();
    bottom_.push_back(event);
    for (; at != 0 && bottom_[at - 1] < event; --at) bottom_[at] = bottom_[at - 1];
    bottom_[at] = event;
  }

  std::vector<BareEvent> top_;
  std::uint64_t top_start_ = 0;
  std::uint64_t top_min_ = ~std::uint64_t{0};
  std::uint64_t top_max_ = 0;
  std::array<Rung, kRungs> rungs_;
  std::size_t rungs_in_use_ = 0;
  std::vector<BareEvent> bottom_;
  std::uint64_t sequence_ = 0;
};

}  // namespace memsim::bench
