// The fragmentation run of "LLFree: Scalable and Optionally-Persistent Page-Frame Allocation" (USENIX ATC 2023): how
// much memory is free in 2 MiB ranges after long churn of single frames. Nine tenths of memory are allocated frame by
// frame and half of that is freed at random. Each of 100 rounds then frees a random tenth of the rest and allocates as
// many frames again. The paper shows Linux near 0 % of the possible ranges throughout, and LLFree at 0 % at first,
// 30 % after round 50 and 93 % after round 99.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/phys/physical_memory.hpp>

namespace memsim {
namespace {

constexpr std::uint64_t kFrames = 1 << 18;
constexpr std::uint64_t kFramesOfRange = 512;
constexpr int kRounds = 100;

class FragmentationRun {
 public:
  FragmentationRun(const char* policy, std::uint64_t seed)
      : memory_(make(policy)), random_(RandomStream::derive(seed, {"fragmentation_run"})) {
    allocate(kFrames / 10 * 9);
    never_used_ = memory_.measure(RegionId(0)).large_pages_free;
    release(live_.size() / 2);
  }

  void round() {
    const std::size_t count = live_.size() / 10;
    release(count);
    allocate(count);
  }
  // Free 2 MiB ranges, in percent of those that the free frames would fill. Both without the last tenth of memory,
  // which is not part of the churn; a policy that uses it has fewer ranges free.
  [[nodiscard]] std::uint64_t percent() const {
    const FreeSpace space = memory_.measure(RegionId(0));
    const std::uint64_t free = space.large_pages_free - std::min(space.large_pages_free, never_used_);
    return 100 * free / (space.free.count() / kFramesOfRange - never_used_);
  }

 private:
  static PhysicalMemory make(const char* policy) {
    PhysicalMemoryConfig config;
    config.regions.push_back({.name = "ram", .base = PhysAddr(0), .size = config.page_size.bytes() * kFrames});
    config.policy = policy;
    return std::move(PhysicalMemory::create(config)).value();
  }

  void allocate(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto made = memory_.allocate({.count = FrameCount(1), .mobility = Mobility::movable});
      ASSERT_TRUE(made.has_value());
      live_.push_back(made->extents.front());
    }
  }
  void release(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      std::swap(live_[random_.below(live_.size())], live_.back());
      memory_.release(live_.back());
      live_.pop_back();
    }
  }

  PhysicalMemory memory_;
  RandomStream random_;
  std::vector<Extent> live_;
  std::uint64_t never_used_ = 0;  // free 2 MiB ranges when memory was fullest
};

TEST(FragmentationRun, LinuxStaysNearZero) {
  FragmentationRun run("linux", 1);
  EXPECT_EQ(run.percent(), 0U);
  for (int round = 0; round < kRounds; ++round) {
    run.round();
    EXPECT_LE(run.percent(), 1U) << "round " << round;
  }
}

TEST(FragmentationRun, LlfreeClimbs) {
  FragmentationRun run("llfree", 1);
  EXPECT_EQ(run.percent(), 0U);
  std::vector<std::uint64_t> percent;
  for (int round = 0; round < kRounds; ++round) {
    run.round();
    percent.push_back(run.percent());
  }
  EXPECT_LE(percent[20], 1U);
  EXPECT_GE(percent[50], 20U);
  EXPECT_LE(percent[50], 40U);
  EXPECT_GE(percent[99], 90U);
  EXPECT_LE(percent[99], 100U);
}

}  // namespace
}  // namespace memsim
