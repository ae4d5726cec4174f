// Memory that does not begin empty, under every policy and option of the conformance list.
#include <gmock/gmock.h>

#include <algorithm>

#include <memsim/phys/physical_memory.hpp>

#include <memsim/phys/start_state.hpp>
#include "phys/conformance.hpp"

namespace memsim {
namespace {

std::vector<conformance::Subject> subjects_of_the_table() {
  std::vector<conformance::Subject> subjects = conformance::subjects();
  std::erase_if(subjects, [](const conformance::Subject& subject) { return subject.policy.empty(); });
  return subjects;
}

constexpr Extent kAll{FrameNumber(37), FrameCount(300)};

// A few dozen runs of random places and lengths, ascending and apart.
std::vector<Extent> random_runs(std::uint64_t seed) {
  std::vector<Extent> runs;
  std::uint64_t state = seed;
  const auto draw = [&state](std::uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
  };
  FrameNumber at = kAll.first + FrameCount(draw(4));
  while (true) {
    const FrameCount length(1 + draw(9));
    if (at + length > kAll.end()) return runs;
    runs.push_back({at, length});
    at += length + FrameCount(1 + draw(7));
  }
}

class StartState : public testing::TestWithParam<conformance::Subject> {};

TEST_P(StartState, IsWhatWasAskedForFrameByFrame) {
  const Policy* policy = find_policy(GetParam().policy);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<Extent> free = random_runs(seed);
    const auto allocator = create_with_free(*policy, kAll, GetParam().options, free);
    allocator->check_invariants();
    EXPECT_EQ(free_runs(*allocator), free);
    // And all of it comes back.
    for (const Extent& held : complement(kAll, free)) allocator->release(held);
    allocator->check_invariants();
    EXPECT_EQ(free_runs(*allocator), std::vector{kAll});
  }
}

TEST_P(StartState, WithNothingFreeServesNothing) {
  const auto allocator = create_with_free(*find_policy(GetParam().policy), kAll, GetParam().options, {});
  std::vector<Extent> out;
  EXPECT_FALSE(allocator->allocate({.count = FrameCount(1)}, out));
  EXPECT_EQ(allocator->free_frames(), FrameCount(0));
}

TEST_P(StartState, WithAllFreeIsANewAllocator) {
  const auto fresh = GetParam().create(kAll);
  const auto started = create_with_free(*find_policy(GetParam().policy), kAll, GetParam().options, std::span(&kAll, 1));
  for (int i = 0; i < 20; ++i) {
    std::vector<Extent> one;
    std::vector<Extent> other;
    const FrameRequest request{.count = FrameCount(1 + static_cast<std::uint64_t>(i) % 5)};
    ASSERT_TRUE(fresh->allocate(request, one));
    ASSERT_TRUE(started->allocate(request, other));
    EXPECT_EQ(one, other);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, StartState, testing::ValuesIn(subjects_of_the_table()),
                         [](const auto& tested) { return tested.param.name; });

// From every subject's state after random work to every other subject, which then has to go on with it.
TEST(TakeOver, KeepsExactlyTheFramesInUseBetweenAllPolicies) {
  const std::vector<conformance::Subject> subjects = subjects_of_the_table();
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    PhysicalMemoryConfig config;
    config.policy = subjects[i].policy;
    config.policy_options = subjects[i].options;
    config.regions.push_back({"low", PhysAddr(100 << 12), Bytes(200 << 12), true, 0});
    config.regions.push_back({"high", PhysAddr(1000 << 12), Bytes(77 << 12), true, 1});
    config.reservations.push_back({"image", PhysAddr(130 << 12), Bytes(3 << 12)});
    auto memory = PhysicalMemory::create(config);
    ASSERT_TRUE(memory);
    std::vector<Extent> held;
    std::uint64_t state = i;
    for (int step = 0; step < 150; ++step) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      if ((state >> 40) % 3 == 0 && !held.empty()) {
        std::swap(held[(state >> 33) % held.size()], held.back());
        memory->release(held.back());
        held.pop_back();
        continue;
      }
      const FrameRequest request{.count = FrameCount(1 + (state >> 33) % 6),
                                 .mobility = static_cast<Mobility>((state >> 50) % 3)};
      const auto taken = memory->allocate(request);
      if (taken) held.insert(held.end(), taken->extents.begin(), taken->extents.end());
    }
    memory->pin(held.front());
    for (const conformance::Subject& next : subjects) {
      auto changed = memory->with_policy(next.policy, next.options);
      ASSERT_TRUE(changed);
      changed->check_invariants();
      EXPECT_EQ(changed->frames_held(), memory->frames_held()) << subjects[i].name << " to " << next.name;
      for (const RegionId region : {RegionId(0), RegionId(1)}) {
        const FreeSpace one = memory->measure(region);
        const FreeSpace other = changed->measure(region);
        EXPECT_EQ(one.free_runs_by_log2, other.free_runs_by_log2);  // blocks are told up to each policy's top order
        EXPECT_EQ(one.large_page_ranges_pinned, other.large_page_ranges_pinned);
      }
      while (changed->allocate({.count = FrameCount(2)})) changed->check_invariants();
      changed->unpin(held.front());
      for (const Extent& extent : held) changed->release(extent);
      changed->check_invariants();
    }
  }
}

PhysicalMemoryConfig one_region() {
  PhysicalMemoryConfig config;
  config.regions.push_back({"ram", PhysAddr(100 << 12), Bytes(100 << 12), true, 0});
  config.reservations.push_back({"image", PhysAddr(150 << 12), Bytes(4096)});
  return config;
}

TEST(HeldAtTheStart, MustBeFreeMemoryOfARegion) {
  const auto fault = [](Extent held) {
    const auto memory = PhysicalMemory::create(one_region(), {.held = {held}, .linux_lists = {}});
    return memory ? std::string() : memory.error().front().message;
  };
  EXPECT_EQ(fault({FrameNumber(100), FrameCount(50)}), "");
  EXPECT_EQ(fault({FrameNumber(99), FrameCount(2)}), "2 frames held from frame 99 on are not inside one region");
  EXPECT_EQ(fault({FrameNumber(199), FrameCount(2)}), "2 frames held from frame 199 on are not inside one region");
  EXPECT_EQ(fault({FrameNumber(100), FrameCount(0)}), "0 frames held from frame 100 on are not inside one region");
  EXPECT_EQ(fault({FrameNumber(149), FrameCount(2)}), "frame 150 is held twice");
}

TEST(HeldAtTheStart, MayBeToldByTheFreeListsOfLinux) {
  PhysicalMemoryConfig config = one_region();
  config.policy = "linux";
  const auto before = PhysicalMemory::create(config, {.held = {{FrameNumber(110), FrameCount(3)}}, .linux_lists = {}});
  ASSERT_TRUE(before);
  auto lists = linux_free_lists(before->allocator(RegionId(0)));
  const auto after = PhysicalMemory::create(config, {.held = {}, .linux_lists = {{RegionId(0), *lists}}});
  ASSERT_TRUE(after) << render(after.error(), Colour::off);
  after->check_invariants();
  EXPECT_EQ(after->frames_held(), before->frames_held());
  EXPECT_EQ(after->measure(RegionId(0)).large_page_ranges_pinned,
            before->measure(RegionId(0)).large_page_ranges_pinned);
  EXPECT_EQ(linux_free_lists(after->allocator(RegionId(0)))->blocks, lists->blocks);
  config.policy = "buddy";
  EXPECT_FALSE(PhysicalMemory::create(config, {.held = {}, .linux_lists = {{RegionId(0), *lists}}}));
}

}  // namespace
}  // namespace memsim
