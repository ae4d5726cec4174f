// The buddy policy beside its yardsticks, under the churn driver (tests/model/churn_driver.hpp): nanoseconds per pair
// of release and allocation, driver included. Compare rows by ratio within one run.
//
//   phys_buddy_bench --benchmark_enable_random_interleaving=true --benchmark_repetitions=5
#include <benchmark/benchmark.h>

#include <memsim/phys/physical_memory.hpp>
#include <memsim/phys/policy.hpp>

#include "phys/buddy/buddy_bitmaps.hpp"
#include "phys/buddy/buddy_core.hpp"
#include "phys/buddy/buddy_lists.hpp"
#include "phys/buddy/buddy_stacks.hpp"
#include "phys_churn.hpp"
#include "phys_yardsticks.hpp"

namespace memsim::bench {
namespace {

using model::ChurnDriver;

struct Lifo : PolicyUnderTest {
  Lifo(std::uint64_t frames, unsigned) : PolicyUnderTest(frames, "buddy", {{"placement", "lifo"}}) {}
};
struct Lowest : PolicyUnderTest {
  Lowest(std::uint64_t frames, unsigned) : PolicyUnderTest(frames, "buddy", {{"placement", "lowest"}}) {}
};

// The buddy itself, on block indices, with its check that what is released was allocated.
template <class Blocks>
class CoreUnderTest {
 public:
  CoreUnderTest(std::uint64_t frames, unsigned top)
      : core_(BuddyGeometry({FrameNumber(0), FrameCount(frames)}, Order(top), Order(9))) {}
  std::uint64_t allocate(std::uint32_t order) {
    std::uint32_t splits = 0;
    return core_.allocate(order, splits);
  }
  void release(std::uint32_t first, std::uint32_t order) {
    if (!core_.release_alone(first, order)) release_otherwise(first, order);
  }

 private:
  [[gnu::noinline]] void release_otherwise(std::uint32_t first, std::uint32_t order) {
    MEMSIM_CHECK(core_.is_allocated(first, order));
    core_.release(first, order);
  }
  BuddyCore<Blocks> core_;
};
using LifoCore = CoreUnderTest<BuddyStacks>;
using FifoCore = CoreUnderTest<BuddyLists>;
using LowestCore = CoreUnderTest<BuddyBitmaps>;

// The whole of physical memory: region, policy and measures kept up to date.
class Machine {
 public:
  Machine(std::uint64_t frames, unsigned) : memory_(make(frames)) {}
  std::uint64_t allocate(std::uint32_t order) {
    auto made = memory_.allocate({.count = Order(order).frames(), .contiguity = Contiguity::contiguous});
    if (!made) return kRefused;
    return made->extents.front().first.value();
  }
  void release(std::uint32_t first, std::uint32_t order) {
    memory_.release({FrameNumber(first), Order(order).frames()});
  }

 private:
  static PhysicalMemory make(std::uint64_t frames) {
    PhysicalMemoryConfig config;
    config.regions.push_back({.name = "ram", .base = PhysAddr(0), .size = config.page_size.bytes() * frames});
    config.policy_options = {{"top_order", "10"}, {"placement", "lifo"}};
    return std::move(PhysicalMemory::create(config)).value();
  }
  PhysicalMemory memory_;
};

template <class Allocator>
void churn(benchmark::State& state) {
  const std::uint64_t frames = std::uint64_t{1} << state.range(0);
  Allocator allocator(frames, ChurnDriver::kTopOrder);
  run_churn(state, allocator, static_cast<ChurnDriver::Row>(state.range(1)), frames);
}

void rows(benchmark::internal::Benchmark* bench) {
  for (const int log2_frames : {18, 22}) {
    for (const char row : {'a', 'b', 'c'}) bench->Args({log2_frames, row});
  }
  bench->Unit(benchmark::kMillisecond);
}

BENCHMARK_TEMPLATE(churn, ListYardstick)->Apply(rows);
BENCHMARK_TEMPLATE(churn, LifoCore)->Apply(rows);
BENCHMARK_TEMPLATE(churn, FifoCore)->Apply(rows);
BENCHMARK_TEMPLATE(churn, Lifo)->Apply(rows);
BENCHMARK_TEMPLATE(churn, BitmapYardstick)->Apply(rows);
BENCHMARK_TEMPLATE(churn, LowestCore)->Apply(rows);
BENCHMARK_TEMPLATE(churn, Lowest)->Apply(rows);
BENCHMARK_TEMPLATE(churn, Machine)->Apply(rows);

// A region of 2^32 frames must be ready at once and cost next to nothing until it is used.
void create_16_tib(benchmark::State& state, const char* placement) {
  for ([[maybe_unused]] auto _ : state) {
    const auto allocator =
        find_policy("buddy")->create({FrameNumber(0), FrameCount(std::uint64_t{1} << 32)}, {{"placement", placement}});
    benchmark::DoNotOptimize(allocator->free_frames());
  }
}
BENCHMARK_CAPTURE(create_16_tib, lifo, "lifo")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(create_16_tib, lowest, "lowest")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace memsim::bench
