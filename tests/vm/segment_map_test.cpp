#include <gtest/gtest.h>

#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/vm/segment_map.hpp>

namespace memsim {
namespace {

constexpr Bytes kToTheEnd = Bytes::max();

Segment segment(std::uint64_t offset, std::uint64_t paddr, std::uint64_t length) {
  return {Bytes(offset), PhysAddr(paddr), Bytes(length)};
}

std::vector<Segment> walk(const SegmentMap& map, Bytes offset, Bytes length, std::size_t capacity = 1000) {
  std::vector<Segment> out(capacity);
  out.resize(map.walk(offset, length, out).delivered);
  return out;
}

SegmentMap header_example() {
  SegmentMap map;
  map.append(PhysAddr(0x8000), Bytes(0x2000), TouchingSegments::merge);
  map.append(PhysAddr(0x4000), Bytes(0x1000), TouchingSegments::merge);
  map.set_size(Bytes(0x2800));
  return map;
}

TEST(SegmentMap, HeaderExample) {
  EXPECT_EQ(walk(header_example(), Bytes(0x1800), kToTheEnd),
            (std::vector{segment(0x1800, 0x9800, 0x800), segment(0x2000, 0x4000, 0x800)}));
}

TEST(SegmentMap, WholeWalkEndsAtTheLogicalSize) {
  EXPECT_EQ(walk(header_example(), Bytes(), kToTheEnd),
            (std::vector{segment(0, 0x8000, 0x2000), segment(0x2000, 0x4000, 0x800)}));
}

TEST(SegmentMap, RangeInsideOneSegmentIsClippedAtBothEnds) {
  EXPECT_EQ(walk(header_example(), Bytes(0x10), Bytes(0x20)), (std::vector{segment(0x10, 0x8010, 0x20)}));
  EXPECT_EQ(walk(header_example(), Bytes(0x2001), Bytes(1)), (std::vector{segment(0x2001, 0x4001, 1)}));
}

TEST(SegmentMap, OffsetPlusLengthSaturates) {
  EXPECT_EQ(walk(header_example(), Bytes(0x27ff), kToTheEnd), (std::vector{segment(0x27ff, 0x47ff, 1)}));
}

TEST(SegmentMap, EmptyRangesAndRangesPastTheEndDeliverNothing) {
  const SegmentMap map = header_example();
  std::vector<Segment> out(4);
  for (const Bytes offset : {Bytes(0x2800), Bytes(0x2900), kToTheEnd}) {
    EXPECT_EQ(map.walk(offset, kToTheEnd, out).in_range, 0u);
  }
  EXPECT_EQ(map.walk(Bytes(), Bytes(), out).in_range, 0u);
  EXPECT_EQ(SegmentMap().walk(Bytes(), kToTheEnd, out).in_range, 0u);
}

TEST(SegmentMap, SmallCapacityDeliversWholeSegmentsAndCountsTheRest) {
  const SegmentMap map = header_example();
  std::vector<Segment> out(1);
  const SegmentMap::Walk found = map.walk(Bytes(0x1000), kToTheEnd, out);
  EXPECT_EQ(found.delivered, 1u);
  EXPECT_EQ(found.in_range, 2u);
  EXPECT_EQ(out[0], segment(0x1000, 0x9000, 0x1000));
  EXPECT_EQ(map.walk(Bytes(), kToTheEnd, {}).in_range, 2u);
}

TEST(SegmentMap, TouchingRunsMergeOnlyWhenAsked) {
  for (const auto touching : {TouchingSegments::merge, TouchingSegments::keep_apart}) {
    SegmentMap map;
    map.append(PhysAddr(0x1000), Bytes(0x1000), touching);
    map.append(PhysAddr(0x2000), Bytes(0x1000), touching);
    map.append(PhysAddr(0x1000), Bytes(0x1000), touching);  // touches backwards only: never merged
    map.set_size(Bytes(0x3000));
    EXPECT_EQ(walk(map, Bytes(), kToTheEnd).size(), touching == TouchingSegments::merge ? 2u : 3u);
  }
}

TEST(SegmentMap, TruncateCutsInsideASegment) {
  SegmentMap map = header_example();
  map.truncate(Bytes(0x1000));
  EXPECT_EQ(map.backing(), Bytes(0x1000));
  EXPECT_EQ(map.size(), Bytes(0x1000));
  EXPECT_EQ(walk(map, Bytes(), kToTheEnd), (std::vector{segment(0, 0x8000, 0x1000)}));
  map.truncate(Bytes());
  EXPECT_TRUE(map.segments().empty());
}

// The slow and obvious walk: byte by byte, joining what continues inside one stored segment.
std::vector<Segment> linear_walk(const SegmentMap& map, Bytes offset, Bytes length, std::size_t capacity) {
  std::vector<Segment> out;
  const Bytes end = std::min(saturating_add(offset, length), map.size());
  for (const Segment& stored : map.segments()) {
    const Bytes first = std::max(stored.offset, offset);
    const Bytes last = std::min(stored.end(), end);
    if (first >= last) continue;
    if (out.size() == capacity) break;
    out.push_back({first, stored.paddr + (first - stored.offset), last - first});
  }
  return out;
}

TEST(SegmentMap, AgreesWithALinearWalkOnRandomObjects) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed);
    SegmentMap map;
    const auto touching = seed % 2 == 0 ? TouchingSegments::merge : TouchingSegments::keep_apart;
    const std::uint64_t pieces = random.between(1, 40);
    for (std::uint64_t i = 0; i < pieces; ++i) {
      const PhysAddr paddr(random.below(64) * 16);
      const Bytes length(random.between(1, 4) * 16);
      map.append(paddr, length, touching);
    }
    map.set_size(Bytes(random.between(0, map.backing().count())));
    for (int i = 0; i < 50; ++i) {
      const Bytes offset(random.below(map.backing().count() + 8));
      const Bytes length(random.chance(1, 4) ? UINT64_MAX : random.below(map.backing().count() + 8));
      const std::size_t capacity = random.below(pieces + 2);
      EXPECT_EQ(walk(map, offset, length, capacity), linear_walk(map, offset, length, capacity));
      std::vector<Segment> none;
      EXPECT_EQ(map.walk(offset, length, none).in_range, linear_walk(map, offset, length, SIZE_MAX).size());
    }
  }
}

void expect_to_find_each(const SegmentMap& map) {
  for (std::size_t i = 0; i < map.segments().size(); ++i) {
    ASSERT_EQ(map.find(map.segments()[i].offset), i);
    ASSERT_EQ(map.find(map.segments()[i].end() - Bytes(1)), i);
  }
}

TEST(SegmentMap, FindGivesTheSegmentThatHoldsTheByte) {
  for (const std::uint64_t count : {1U, 2U, 37U, 64U, 65U, 66U, 1000U, 5000U}) {
    SCOPED_TRACE(count);
    SegmentMap map;
    for (std::uint64_t i = 0; i < count; ++i) {
      map.append(PhysAddr(i * 10'000), Bytes(i + 1), TouchingSegments::keep_apart);
    }
    expect_to_find_each(map);  // no size is set yet
    map.set_size(map.backing());
    expect_to_find_each(map);
  }
}

TEST(SegmentMap, FindIsRightHoweverUnlikeTheSegmentsAre) {
  // One segment outweighs all others, at either end or in the middle; then the object shrinks and grows again.
  for (const std::uint64_t large : {0U, 1U, 500U, 998U, 999U}) {
    SCOPED_TRACE(large);
    SegmentMap map;
    for (std::uint64_t i = 0; i < 1000; ++i) {
      const Bytes length(i == large ? std::uint64_t{1} << 40 : 4096);
      map.append(PhysAddr(i << 41), length, TouchingSegments::keep_apart);
    }
    map.set_size(map.backing());
    expect_to_find_each(map);
    map.truncate(map.segments()[700].end());
    expect_to_find_each(map);
    for (std::uint64_t i = 0; i < 5000; ++i) {
      map.append(PhysAddr((i + 1000) << 41), Bytes(1), TouchingSegments::keep_apart);
    }
    expect_to_find_each(map);
  }
}

}  // namespace
}  // namespace memsim
