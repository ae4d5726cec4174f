// The churn driver: a fixed stream of allocations and releases, so that the end states of different allocators, here
// and elsewhere, can be compared block for block. Tests compare states; bench/ measures the same operations.
//
//   a  pair i releases a random live block and allocates order_i in its place
//   b  the same with every order 0
//   c  in turn 64 allocations of the next orders, then all of them released, last in first out
//
// Orders are geometric (p = 0.6, cut at 9), drawn by splitmix64 from a fixed state. Memory is first filled to eight
// tenths.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace memsim::model {

class ChurnDriver {
 public:
  static constexpr std::uint32_t kPairs = 5'000'000;
  static constexpr unsigned kTopOrder = 10;
  enum class Row : char { a = 'a', b = 'b', c = 'c' };

  static constexpr std::uint64_t kRefused = ~std::uint64_t{0};

  // A block as the driver remembers it: first frame and order in one word.
  struct Block {
    std::uint32_t first = 0;
    std::uint32_t order = 0;
  };

  ChurnDriver(Row row, std::uint64_t frames, std::uint32_t pairs = kPairs) : row_(row), frames_(frames) {
    orders_.reserve(pairs);
    picks_.reserve(pairs);
    for (std::uint32_t i = 0; i < pairs; ++i) {
      orders_.push_back(draw_order());
      picks_.push_back(draw());
    }
  }

  // `allocate(order)` returns the first frame or kRefused; `release(first, order)` takes the block back.
  template <class Allocate, class Release>
  void fill(Allocate&& allocate, Release&&) {
    live_.clear();
    Generator stream = generator_;  // so that every fill is the same
    for (std::uint64_t used = 0; used < 8 * (frames_ / 10);) {
      const std::uint32_t order = draw_order(stream);
      const std::uint64_t first = allocate(order);
      if (first == kRefused) continue;
      live_.push_back({static_cast<std::uint32_t>(first), order});
      used += std::uint64_t{1} << order;
    }
  }

  template <class Allocate, class Release>
  void run_pairs(Allocate&& allocate, Release&& release) {
    if (row_ == Row::c) return run_stack(allocate, release);
    for (std::size_t i = 0; i < orders_.size(); ++i) {
      const std::size_t slot = (std::uint64_t{picks_[i]} * live_.size()) >> 32;
      release(live_[slot].first, live_[slot].order);
      const std::uint32_t order = orders_[i];
      const std::uint64_t first = allocate(order);
      if (first != kRefused) {
        live_[slot] = {static_cast<std::uint32_t>(first), order};
      } else {
        live_[slot] = live_.back();
        live_.pop_back();
      }
    }
  }

  [[nodiscard]] std::uint32_t pairs() const { return static_cast<std::uint32_t>(orders_.size()); }
  [[nodiscard]] const std::vector<Block>& live() const { return live_; }

 private:
  struct Generator {
    std::uint64_t state = 12345;
    std::uint32_t operator()() {
      std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
      return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
    }
  };

  std::uint32_t draw() { return generator_(); }
  std::uint32_t draw_order() { return draw_order(generator_); }
  std::uint32_t draw_order(Generator& generator) const {
    static constexpr std::array<std::uint32_t, 10> kThresholds = {2577250621, 3608150870, 4020510970, 4185455009,
                                                                  4251432625, 4277823672, 4288380090, 4292602658,
                                                                  4294291685, 4294967295};
    if (row_ == Row::b) return 0;
    const std::uint32_t x = generator();
    std::uint32_t order = 0;
    while (x > kThresholds[order]) ++order;
    return order;
  }

  template <class Allocate, class Release>
  void run_stack(Allocate& allocate, Release& release) {
    std::array<Block, 64> stack{};
    for (std::size_t i = 0; i + stack.size() <= orders_.size(); i += stack.size()) {
      std::size_t depth = 0;
      for (std::size_t j = 0; j < stack.size(); ++j) {
        const std::uint32_t order = orders_[i + j];
        const std::uint64_t first = allocate(order);
        if (first != kRefused) stack[depth++] = {static_cast<std::uint32_t>(first), order};
      }
      while (depth > 0) {
        --depth;
        release(stack[depth].first, stack[depth].order);
      }
    }
  }

  Row row_;
  std::uint64_t frames_;
  Generator generator_;
  std::vector<std::uint32_t> orders_;
  std::vector<std::uint32_t> picks_;
  std::vector<Block> live_;
};

}  // namespace memsim::model
