#include <memsim/phys/physical_memory.hpp>

#include <gtest/gtest.h>

#include <memsim/base/random.hpp>

namespace memsim {
namespace {

constexpr std::uint64_t kPage = 4096;

RegionConfig region(std::string name, std::uint64_t first_frame, std::uint64_t frames, bool general = true,
                    std::int32_t preference = 0) {
  return {std::move(name), PhysAddr(first_frame * kPage), Bytes(frames * kPage), general, preference};
}

// Three regions with holes between them: frames [16, 80), [100, 116) and, for typed memory only, [256, 288).
PhysicalMemoryConfig three_regions() {
  PhysicalMemoryConfig config;
  config.regions = {region("low", 16, 64), region("high", 100, 16, true, 1), region("typed", 256, 32, false)};
  return config;
}

PhysicalMemory make(const PhysicalMemoryConfig& config) { return std::move(PhysicalMemory::create(config)).value(); }

std::vector<std::string> faults_of(const PhysicalMemoryConfig& config) {
  std::vector<std::string> messages;
  const auto made = PhysicalMemory::create(config);
  if (made) return messages;
  for (const Diagnostic& fault : made.error()) messages.push_back(fault.message);
  return messages;
}

FrameRequest contiguous(std::uint64_t count) {
  return {.count = FrameCount(count), .contiguity = Contiguity::contiguous};
}

TEST(PhysicalMemory, OrdinaryRequestsPreferTheRegionOfHigherPreference) {
  PhysicalMemory memory = make(three_regions());
  EXPECT_EQ(memory.allocate(contiguous(1))->extents.front().first, FrameNumber(100));
  EXPECT_EQ(memory.allocate(contiguous(32))->extents.front().first, FrameNumber(32));
  EXPECT_EQ(memory.free_frames(), FrameCount(64 + 16 - 33));
}

TEST(PhysicalMemory, TellsWhatAWholeBlockHoldsBeyondTheCount) {
  PhysicalMemoryConfig config = three_regions();
  config.policy_options = {{"tail", "kept"}};
  PhysicalMemory memory = make(config);
  const auto made = memory.allocate(contiguous(5));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->extents, (std::vector<Extent>{{FrameNumber(104), FrameCount(5)}}));
  EXPECT_EQ(made->tail, (Extent{FrameNumber(109), FrameCount(3)}));
  EXPECT_EQ(memory.free_frames(), FrameCount(64 + 16 - 8));
  memory.check_invariants();
  memory.release(made->extents.front());
  memory.release(made->tail);
  EXPECT_EQ(memory.free_frames(), FrameCount(64 + 16));
}

TEST(PhysicalMemory, AScatteredRequestFillsRegionsInTurn) {
  PhysicalMemory memory = make(three_regions());
  const auto made = memory.allocate({.count = FrameCount(20)});
  ASSERT_TRUE(made.has_value());
  FrameCount high;
  for (const Extent& extent : made->extents) {
    if (memory.region_of(extent.first) == RegionId(1)) high += extent.count;
  }
  EXPECT_EQ(high, FrameCount(16));
  EXPECT_EQ(memory.free_frames(), FrameCount(60));
  memory.check_invariants();
}

TEST(PhysicalMemory, AScatteredRequestIsAllOrNothing) {
  PhysicalMemory memory = make(three_regions());
  EXPECT_TRUE(memory.can_allocate({.count = FrameCount(80)}));
  EXPECT_FALSE(memory.can_allocate({.count = FrameCount(81)}));
  const auto refusal = memory.allocate({.count = FrameCount(81)});
  ASSERT_FALSE(refusal.has_value());
  EXPECT_EQ(refusal.error(), Errno::enomem);
  EXPECT_EQ(memory.free_frames(), FrameCount(80));
  EXPECT_TRUE(memory.allocate({.count = FrameCount(80)}).has_value());
}

TEST(PhysicalMemory, AConstrainedScatteredRequestTakesWhatEachRegionCanGive) {
  PhysicalMemory memory = make(three_regions());
  FrameRequest request{.count = FrameCount(12)};
  request.window_first = FrameNumber(74);
  request.window_end = FrameNumber(106);  // six frames of each region
  EXPECT_TRUE(memory.can_allocate(request));
  const auto made = memory.allocate(request);
  ASSERT_TRUE(made.has_value());
  for (const Extent& extent : made->extents) {
    EXPECT_GE(extent.first, request.window_first);
    EXPECT_LE(extent.end(), request.window_end);
  }
  EXPECT_EQ(memory.measure(RegionId(0)).free, FrameCount(58));
  EXPECT_EQ(memory.measure(RegionId(1)).free, FrameCount(10));
  EXPECT_FALSE(
      memory.can_allocate({.count = FrameCount(1), .window_first = FrameNumber(74), .window_end = FrameNumber(106)}));
}

TEST(PhysicalMemory, OnlyNamedRegionsServeARequestThatNamesThem) {
  PhysicalMemory memory = make(three_regions());
  const std::vector<RegionId> typed = {RegionId(2), RegionId(2)};
  EXPECT_EQ(memory.allocate(contiguous(32), typed)->extents.front().first, FrameNumber(256));
  EXPECT_FALSE(memory.allocate(contiguous(1), typed).has_value());
  EXPECT_FALSE(memory.can_allocate({.count = FrameCount(2)}, typed));
  EXPECT_EQ(memory.largest_free_run(typed), FrameCount(0));
  EXPECT_EQ(memory.largest_free_run(), FrameCount(64));
}

TEST(PhysicalMemory, ARepeatedRegionIsNotCountedTwice) {
  const PhysicalMemory memory = make(three_regions());
  const std::vector<RegionId> twice = {RegionId(1), RegionId(1)};
  EXPECT_TRUE(memory.can_allocate({.count = FrameCount(16)}, twice));
  EXPECT_FALSE(memory.can_allocate({.count = FrameCount(17)}, twice));
}

TEST(PhysicalMemory, KnowsWhichFramesAreRam) {
  const PhysicalMemory memory = make(three_regions());
  EXPECT_EQ(memory.region_of(FrameNumber(15)), std::nullopt);
  EXPECT_EQ(memory.region_of(FrameNumber(16)), RegionId(0));
  EXPECT_EQ(memory.region_of(FrameNumber(79)), RegionId(0));
  EXPECT_EQ(memory.region_of(FrameNumber(80)), std::nullopt);
  EXPECT_EQ(memory.region_of(FrameNumber(287)), RegionId(2));
  EXPECT_EQ(memory.region_of(FrameNumber(288)), std::nullopt);
}

TEST(PhysicalMemory, ReservationsAreTakenExactlyAndPinned) {
  PhysicalMemoryConfig config;
  config.regions = {region("ram", 0, 2048)};
  config.reservations = {{"firmware", PhysAddr(3 * kPage), Bytes(10 * kPage)},
                         {"image", PhysAddr(600 * kPage), Bytes(kPage)}};
  for (const char* placement : {"lifo", "lowest"}) {
    config.policy_options = {{"placement", placement}};
    PhysicalMemory memory = make(config);
    const FreeSpace space = memory.measure(RegionId(0));
    EXPECT_EQ(space.free, FrameCount(2048 - 11));
    EXPECT_EQ(space.large_page_ranges, 4U);
    EXPECT_EQ(space.large_page_ranges_pinned, 2U);
    EXPECT_EQ(space.large_pages_free, 2U);
    const auto rest = memory.allocate({.count = space.free});
    ASSERT_TRUE(rest.has_value());
    for (const Extent& extent : rest->extents) {
      EXPECT_FALSE(extent.overlaps({FrameNumber(3), FrameCount(10)}));
      EXPECT_FALSE(extent.contains(FrameNumber(600)));
    }
    memory.check_invariants();
  }
}

TEST(PhysicalMemory, WhatIsAddedOfAReservationIsFreeForGood) {
  PhysicalMemoryConfig config;
  config.regions = {region("ram", 0, 2048)};
  config.reservations = {{"firmware", PhysAddr(3 * kPage), Bytes(10 * kPage)},
                         {"image", PhysAddr(600 * kPage), Bytes(kPage)}};
  for (const Policy& policy : policies()) {
    SCOPED_TRACE(policy.name);
    config.policy = policy.name;
    PhysicalMemory memory = make(config);
    EXPECT_FALSE(memory.add_reserved({FrameNumber(2), FrameCount(2)}));
    EXPECT_FALSE(memory.add_reserved({FrameNumber(20), FrameCount(1)}));
    ASSERT_TRUE(memory.add_reserved({FrameNumber(5), FrameCount(4)}));
    EXPECT_FALSE(memory.add_reserved({FrameNumber(5), FrameCount(1)}));
    EXPECT_EQ(memory.free_frames(), FrameCount(2048 - 7));
    EXPECT_TRUE(
        memory.can_allocate({.count = FrameCount(4), .window_first = FrameNumber(5), .window_end = FrameNumber(9)}));
    EXPECT_EQ(memory.frames_held(), std::vector<Extent>());  // both halves are still reserved
    memory = *memory.with_policy("first_fit", {});
    ASSERT_TRUE(memory.add_reserved({FrameNumber(3), FrameCount(2)}));
    ASSERT_TRUE(memory.add_reserved({FrameNumber(9), FrameCount(4)}));
    ASSERT_TRUE(memory.add_reserved({FrameNumber(600), FrameCount(1)}));
    EXPECT_TRUE(memory.reservations().empty());
    EXPECT_EQ(memory.free_frames(), FrameCount(2048));
    EXPECT_EQ(memory.measure(RegionId(0)).large_page_ranges_pinned, 0U);
    memory.check_invariants();
  }
}

TEST(PhysicalMemory, ReservationsMayTakeWhatThePolicyKeepsFromScatteredRequests) {
  PhysicalMemoryConfig config;
  config.regions = {region("ram", 0, 64)};
  config.reservations = {{"image", PhysAddr(7 * kPage), Bytes(50 * kPage)}};
  config.policy_options = {{"reserve", "32"}};
  const PhysicalMemory memory = make(config);
  EXPECT_EQ(memory.measure(RegionId(0)).free, FrameCount(14));
  EXPECT_TRUE(memory.can_allocate(contiguous(4)));
  EXPECT_FALSE(memory.can_allocate({.count = FrameCount(1)}));
  memory.check_invariants();
}

TEST(PhysicalMemory, ACopyContinuesAlikeAndApart) {
  PhysicalMemory memory = make(three_regions());
  ASSERT_TRUE(memory.allocate({.count = FrameCount(21)}).has_value());
  PhysicalMemory copy = memory;
  const auto a = memory.allocate({.count = FrameCount(13)});
  const auto b = copy.allocate({.count = FrameCount(13)});
  EXPECT_EQ(a->extents, b->extents);
  EXPECT_EQ(a->work, b->work);
  for (const Extent& extent : a->extents) memory.release(extent);
  EXPECT_EQ(memory.free_frames(), FrameCount(59));
  EXPECT_EQ(copy.free_frames(), FrameCount(46));
  copy = memory;
  EXPECT_EQ(copy.free_frames(), FrameCount(59));
  copy.check_invariants();
}

TEST(PhysicalMemory, RandomTrafficKeepsPolicyAndMeasuresInStep) {
  RandomStream random = RandomStream::derive(7, {"physical_memory_test"});
  PhysicalMemory memory = make(three_regions());
  std::vector<Extent> live;
  for (int i = 0; i < 3000; ++i) {
    if (random.chance(1, 2) || live.empty()) {
      FrameRequest request{.count = FrameCount(random.between(1, 12))};
      if (random.chance(1, 2)) request.contiguity = Contiguity::contiguous;
      if (random.chance(1, 3)) request.alignment = FrameCount(std::uint64_t{1} << random.below(4));
      const bool possible = memory.can_allocate(request);
      const auto made = memory.allocate(request);
      ASSERT_EQ(made.has_value(), possible);
      if (made) live.insert(live.end(), made->extents.begin(), made->extents.end());
    } else {
      std::swap(live[random.below(live.size())], live.back());
      memory.release(live.back());
      live.pop_back();
    }
    if (i % 50 == 0) memory.check_invariants();
  }
}

// A contiguous request with any mobility, processor and constraint; half of them have no constraint.
FrameRequest any_contiguous(RandomStream& random, Extent frames) {
  FrameRequest request = contiguous(random.between(1, 9));
  request.mobility = static_cast<Mobility>(random.below(3));
  request.cpu = CpuId(static_cast<CpuId::rep>(random.below(3)));
  if (random.chance(1, 2)) return request;
  if (random.chance(1, 3)) request.alignment = FrameCount(4);
  if (random.chance(1, 3)) request.boundary = FrameCount(16);
  request.window_first = frames.first + FrameCount(random.below(3)) - FrameCount(1);
  request.window_end = frames.end() + FrameCount(random.below(3)) - FrameCount(1);
  return request;
}

TEST(PhysicalMemory, AContiguousRequestGetsWhatTheRegionsAllocatorGives) {
  for (const Policy& policy : policies()) {
    PhysicalMemoryConfig config;
    config.regions = {region("ram", 16, 200)};
    config.policy = policy.name;
    PhysicalMemory memory = make(config);
    const Extent frames = memory.region_extent(RegionId(0));
    const auto alone = policy.create(frames, {});
    RandomStream random = RandomStream::derive(11, {policy.name});
    std::vector<Extent> live;
    for (int step = 0; step < 2000; ++step) {
      if (!live.empty() && random.chance(2, 5)) {
        std::swap(live[random.below(live.size())], live.back());
        const auto cpu = CpuId(static_cast<CpuId::rep>(random.below(3)));
        ASSERT_EQ(memory.release(live.back(), cpu), alone->release(live.back(), cpu));
        live.pop_back();
        continue;
      }
      const FrameRequest request = any_contiguous(random, frames);
      std::vector<Extent> expected;
      const auto work = alone->allocate(request, expected);
      const auto made = memory.allocate(request);
      ASSERT_EQ(made.has_value(), work.has_value()) << policy.name << ", step " << step;
      if (!made) continue;
      ASSERT_EQ(made->extents, expected) << policy.name << ", step " << step;
      ASSERT_EQ(made->work, *work) << policy.name << ", step " << step;
      live.push_back(expected.front());
    }
  }
}

TEST(PhysicalMemory, AllFaultsOfAConfigurationAreFoundTogether) {
  PhysicalMemoryConfig config;
  EXPECT_EQ(faults_of(config), std::vector<std::string>{"a machine needs at least one region of memory"});
  config.regions = {region("a", 0, 16),
                    region("b", 15, 4),
                    region("c", 64, 0),
                    {"d", PhysAddr(100), Bytes(kPage)},
                    region("e", (std::uint64_t{1} << 32) - 1, 2)};
  config.reservations = {{"r", PhysAddr(8 * kPage), Bytes(kPage * 100)}};
  config.policy = "budy";
  EXPECT_EQ(faults_of(config), std::vector<std::string>({
                                   "region 'c' is empty",
                                   "region 'd' must start at and hold a multiple of the page size, 4096 bytes",
                                   "region 'e' ends past the last frame, number 4294967295",
                                   "reservation 'r' does not lie inside one region",
                                   "regions 'a' and 'b' overlap",
                                   "there is no policy 'budy'",
                               }));
  EXPECT_EQ(PhysicalMemory::create(config).error().back().help, "did you mean 'buddy'?");
}

TEST(PhysicalMemory, OverlappingReservationsAndBadOptionsAreFaults) {
  PhysicalMemoryConfig config = three_regions();
  config.reservations = {{"r", PhysAddr(20 * kPage), Bytes(kPage * 2)}, {"s", PhysAddr(21 * kPage), Bytes(kPage * 2)}};
  config.policy_options = {{"top_order", "99"}};
  EXPECT_EQ(faults_of(config),
            std::vector<std::string>(
                {"reservations 'r' and 's' overlap",
                 "option 'top_order' of policy 'buddy' is '99'; expected an integer from 0 to 32, or auto"}));
}

// A bank of 4 GiB that is empty serves 4 GiB.
TEST(PhysicalMemory, AnEmptyRegionServesAllOfItselfByDefault) {
  constexpr std::uint64_t kBank = std::uint64_t{1} << 20;
  for (const Policy& policy : policies()) {
    PhysicalMemoryConfig config;
    config.regions = {region("bank", 4 * kBank, kBank)};
    config.policy = policy.name;
    const PhysicalMemory memory = make(config);
    const bool has_blocks = policy.name == "linux" || policy.name == "llfree" || policy.name == "fibonacci_buddy";
    EXPECT_EQ(memory.can_allocate(contiguous(kBank)), !has_blocks) << policy.name;
  }
}

TEST(PhysicalMemory, ARefusalThatComesFromAnOptionNamesIt) {
  const auto option_for = [](const char* policy, PolicyOptions options, FrameRequest request) {
    PhysicalMemoryConfig config;
    config.regions = {region("ram", 0, 4096)};
    config.policy = policy;
    config.policy_options = std::move(options);
    const PhysicalMemory memory = make(config);
    EXPECT_FALSE(memory.can_allocate(request)) << policy;
    return memory.refusing_option(request);
  };
  EXPECT_EQ(option_for("buddy", {{"top_order", "4"}}, contiguous(17)), "top_order");
  EXPECT_EQ(option_for("buddy", {{"top_order", "4"}}, contiguous(4097)), "") << "there are not so many frames";
  EXPECT_EQ(option_for("buddy", {{"reserve", "5"}}, {.count = FrameCount(4092)}), "reserve");
  EXPECT_EQ(option_for("linux", {}, contiguous(1025)), "top_order");
  EXPECT_EQ(option_for("weighted_buddy", {{"largest_block", "1024"}}, contiguous(1025)), "largest_block");
  EXPECT_EQ(option_for("fibonacci_buddy", {}, contiguous(4096)), "") << "no option has blocks of so many frames";
  EXPECT_EQ(option_for("llfree", {}, contiguous(1025)), "fallback");
  EXPECT_EQ(option_for("two_region", {{"overflow", "none"}, {"share", "0"}, {"step", "4096"}}, contiguous(4097)), "");
}

// As /proc/buddyinfo does; what lies together beyond that is several blocks.
TEST(PhysicalMemory, FreeBlocksAreToldUpToThePolicysTopOrder) {
  PhysicalMemoryConfig config;
  config.regions = {region("ram", 0, 1 << 14)};
  config.policy = "linux";
  const FreeSpace space = make(config).measure(RegionId(0));
  EXPECT_EQ(space.free_blocks[10], 16U);
  EXPECT_EQ(space.free_blocks[14], 0U);
  EXPECT_EQ(space.large_pages_free, 32U);
  EXPECT_EQ(unusable_index_permille(space, Order(10)), 0U);
  EXPECT_EQ(unusable_index_permille(space, Order(11)), 1000U);
  config.policy = "buddy";
  EXPECT_EQ(make(config).measure(RegionId(0)).free_blocks[14], 1U);
}

TEST(PhysicalMemory, TheLastFrameCanBeUsed) {
  PhysicalMemoryConfig config;
  config.regions = {region("all", 0, std::uint64_t{1} << 32)};
  for (const char* placement : {"lifo", "lowest"}) {
    config.policy_options = {{"top_order", "32"}, {"placement", placement}};
    PhysicalMemory memory = make(config);
    FrameRequest last = contiguous(1);
    last.window_first = FrameNumber((std::uint64_t{1} << 32) - 1);
    const auto made = memory.allocate(last);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->work.splits, 32U);
    EXPECT_FALSE(memory.can_allocate(last));
    PhysicalMemory copy = memory;
    EXPECT_EQ(copy.release(made->extents.front()).merges, 32U);
    EXPECT_EQ(copy.measure(RegionId(0)).free_blocks[32], 1U);
    copy.check_invariants();
  }
}

TEST(PhysicalMemoryDeathTest, AnExtentOutsideEveryRegionIsABug) {
  PhysicalMemory memory = make(three_regions());
  EXPECT_EXIT(memory.release({FrameNumber(78), FrameCount(4)}), testing::ExitedWithCode(70), "inside one region");
  EXPECT_EXIT(memory.release({FrameNumber(16), FrameCount(1)}), testing::ExitedWithCode(70), "was allocated");
}

}  // namespace
}  // namespace memsim
