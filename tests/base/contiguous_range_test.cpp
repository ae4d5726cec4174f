#include <gtest/gtest.h>

#include <memsim/base/contiguous_range.hpp>
#include <memsim/base/random.hpp>

#include <utility>
#include <vector>

namespace memsim {
namespace {

constexpr FrameUse kFree = FrameUse::free;
constexpr FrameUse kMovable = FrameUse::movable;
constexpr FrameUse kPinned = FrameUse::pinned;

constexpr Extent extent(std::uint64_t first, std::uint64_t count) { return {FrameNumber(first), FrameCount(count)}; }

// The runs of a map that has one use per frame, from frame `base` on. Pinned frames are left out where `sparse`.
std::vector<FrameRun> runs_of(const std::vector<FrameUse>& map, std::uint64_t base, bool sparse) {
  std::vector<FrameRun> runs;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const bool continues = i > 0 && map[i] == map[i - 1];
    if (sparse && map[i] == kPinned) continue;
    if (continues) {
      runs.back().extent.count += FrameCount(1);
    } else {
      runs.push_back({extent(base + i, 1), map[i]});
    }
  }
  return runs;
}

// Looks at every range of every start.
std::optional<RangeChoice> slow_cheapest(const std::vector<FrameUse>& map, std::uint64_t base,
                                         const RangeShape& shape) {
  std::optional<RangeChoice> best;
  const std::uint64_t count = shape.count.count();
  for (std::uint64_t first = base; first + count <= base + map.size(); ++first) {
    const std::uint64_t last = first + count - 1;
    if (first % shape.alignment.count() != 0) continue;
    if (!shape.boundary.is_zero() && first / shape.boundary.count() != last / shape.boundary.count()) continue;
    if (FrameNumber(first) < shape.window_first || FrameNumber(last) >= shape.window_end) continue;
    RangeChoice choice{extent(first, count), {}, {}};
    for (std::uint64_t i = first; i <= last; ++i) {
      if (map[i - base] == kMovable) choice.movable += FrameCount(1);
      if (map[i - base] == kPinned) choice.pinned += FrameCount(1);
    }
    if (!best || is_cheaper(choice, *best)) best = choice;
  }
  return best;
}

void expect_as_slow(const std::vector<FrameUse>& map, std::uint64_t base, const RangeShape& shape) {
  const Extent space = extent(base, map.size());
  const auto expected = slow_cheapest(map, base, shape);
  for (const bool sparse : {false, true}) {
    ASSERT_EQ(cheapest_range(space, runs_of(map, base, sparse), shape), expected)
        << "count " << shape.count.count() << ", alignment " << shape.alignment.count() << ", boundary "
        << shape.boundary.count() << ", base " << base;
  }
}

TEST(ContiguousRange, HeaderExample) {
  std::vector<FrameUse> map(12, kFree);
  map[1] = map[2] = kMovable;
  map[6] = kPinned;
  const RangeShape shape{.count = FrameCount(4), .alignment = FrameCount(4)};
  const auto fits = cheapest_range(extent(0, 12), runs_of(map, 0, true), shape);
  EXPECT_EQ(fits, (RangeChoice{extent(8, 4), FrameCount(0), FrameCount(0)}));
  map[9] = kPinned;
  const auto moves = cheapest_range(extent(0, 12), runs_of(map, 0, true), shape);
  EXPECT_EQ(moves, (RangeChoice{extent(0, 4), FrameCount(2), FrameCount(0)}));
  EXPECT_TRUE(moves->is_obtainable());
}

TEST(ContiguousRange, EveryMapOfEightFramesAndEveryShapeAsTheSlowModelSays) {
  constexpr std::size_t kFrames = 8;
  constexpr FrameUse kUses[] = {kFree, kMovable, kPinned};
  std::vector<FrameUse> map(kFrames);
  for (unsigned code = 0; code < 6561; ++code) {
    unsigned rest = code;
    for (FrameUse& use : map) use = kUses[std::exchange(rest, rest / 3) % 3];
    for (std::uint64_t count = 1; count <= kFrames; ++count) {
      for (const std::uint64_t alignment : {1u, 2u, 4u}) {
        for (const std::uint64_t boundary : {0u, 2u, 4u, 8u}) {
          RangeShape shape{FrameCount(count), FrameCount(alignment), FrameCount(boundary)};
          expect_as_slow(map, code % 5, shape);
        }
      }
    }
    if (HasFatalFailure()) return;
  }
}

TEST(ContiguousRange, RandomMapsWithWindowsAsTheSlowModelSays) {
  RandomStream random(7);
  for (int round = 0; round < 20'000; ++round) {
    const std::uint64_t base = random.below(70);
    std::vector<FrameUse> map;
    const std::size_t frames = 1 + random.below(60);
    while (map.size() < frames) {
      const auto use = static_cast<FrameUse>(random.below(3));
      map.insert(map.end(), 1 + random.below(8), use);
    }
    const FrameNumber first(random.below(base + map.size() + 4));
    const RangeShape shape{.count = FrameCount(1 + random.below(24)),
                           .alignment = FrameCount(std::uint64_t{1} << random.below(6)),
                           .boundary = FrameCount(random.chance(1, 2) ? 0 : std::uint64_t{1} << random.below(8)),
                           .window_first = first,
                           .window_end = first + FrameCount(random.below(80))};
    expect_as_slow(map, base, shape);
    if (HasFatalFailure()) return;
  }
}

TEST(ContiguousRange, RunsOutsideTheSpaceDoNotCount) {
  const std::vector<FrameRun> runs = {{extent(0, 20), kFree}, {extent(30, 20), kFree}};
  const RangeShape shape{.count = FrameCount(6)};
  EXPECT_EQ(cheapest_range(extent(15, 20), runs, shape), (RangeChoice{extent(15, 6), FrameCount(0), FrameCount(1)}));
}

TEST(ContiguousRange, NothingConformsWhereTheRangeIsLargerThanSpaceWindowOrBoundary) {
  const std::vector<FrameRun> runs = {{extent(0, 16), kFree}};
  EXPECT_EQ(cheapest_range(extent(0, 16), runs, {.count = FrameCount(17)}), std::nullopt);
  EXPECT_EQ(cheapest_range(extent(0, 16), runs, {.count = FrameCount::max()}), std::nullopt);
  EXPECT_EQ(cheapest_range(extent(0, 16), runs, {.count = FrameCount(0)}), std::nullopt);
  EXPECT_EQ(cheapest_range(extent(0, 16), runs, {.count = FrameCount(4), .boundary = FrameCount(2)}), std::nullopt);
  EXPECT_EQ(cheapest_range(extent(0, 16), runs, {.count = FrameCount(4), .window_end = FrameNumber(3)}), std::nullopt);
  EXPECT_EQ(cheapest_range(extent(1, 15), runs, {.count = FrameCount(1), .alignment = FrameCount(16)}), std::nullopt);
}

TEST(ContiguousRange, AHugeSpaceCostsItsRunsNotItsFrames) {
  constexpr std::uint64_t kFrames = std::uint64_t{1} << 32;
  std::vector<FrameRun> runs;
  for (std::uint64_t at = 0; at < kFrames; at += kFrames / 64) runs.push_back({extent(at, kFrames / 128), kMovable});
  runs.push_back({extent(kFrames - 8, 8), kFree});
  const RangeShape shape{.count = FrameCount(16), .alignment = FrameCount(2), .boundary = FrameCount(32)};
  EXPECT_EQ(cheapest_range(extent(0, kFrames), runs, shape),
            (RangeChoice{extent(0, 16), FrameCount(16), FrameCount(0)}));
}

}  // namespace
}  // namespace memsim
