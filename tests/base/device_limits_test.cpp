#include <memsim/base/device_limits.hpp>

#include <gtest/gtest.h>

#include <vector>

#include <memsim/base/random.hpp>

namespace memsim {
namespace {

constexpr Bytes kMiB{1 << 20};

std::uint64_t needed(const std::vector<Segment>& segments, const DeviceLimits& limits) {
  return descriptors_for(segments, limits).descriptors;
}

// A 23-bit length field holds 8 MiB - 1: in whole pages 2047, so 512 MiB take 64.03 and not 64.
TEST(DescriptorsFor, WholePagesOfAFieldOf23BitsAreOneLess) {
  const std::vector<Segment> contiguous = {{Bytes(0), PhysAddr(0), kMiB * 512}};
  EXPECT_EQ(needed(contiguous, {.max_length = Bytes(0x7fffff), .alignment = Bytes(4096)}), 65u);
  EXPECT_EQ(needed(contiguous, {.max_length = Bytes(0x7fffff)}), 65u);
  EXPECT_EQ(needed(contiguous, {.max_length = Bytes(0x800000)}), 64u);
}

TEST(DescriptorsFor, SegmentsThatTouchAreOneAndOthersAreNot) {
  const std::vector<Segment> touching = {{Bytes(0), PhysAddr(0x1000), Bytes(0x1000)},
                                         {Bytes(0x1000), PhysAddr(0x2000), Bytes(0x1000)}};
  const std::vector<Segment> apart = {{Bytes(0), PhysAddr(0x2000), Bytes(0x1000)},
                                      {Bytes(0x1000), PhysAddr(0x1000), Bytes(0x1000)}};
  EXPECT_EQ(needed(touching, {}), 1u);
  EXPECT_EQ(needed(apart, {}), 2u);
}

TEST(DescriptorsFor, ABoundaryCutsWhereItLiesAndTheCountBeginsAnew) {
  // 64 KiB from 0xf000: 4 KiB before the boundary, 60 KiB behind it.
  const std::vector<Segment> segments = {{Bytes(0), PhysAddr(0xf000), Bytes(0x10000)}};
  EXPECT_EQ(needed(segments, {.boundary = Bytes(0x10000)}), 2u);
  EXPECT_EQ(needed(segments, {.max_length = Bytes(0x8000), .boundary = Bytes(0x10000)}), 3u);
}

TEST(DescriptorsFor, WhatLiesBeyondTheAddressesOrOffTheAlignmentIsOutOfReach) {
  const std::vector<Segment> segments = {{Bytes(0), PhysAddr(0xfffff000), Bytes(0x1000)},
                                         {Bytes(0x1000), PhysAddr(0x100001000), Bytes(0x1000)}};
  const DeviceLimits narrow{.last = PhysAddr(0xffffffff)};
  EXPECT_EQ(descriptors_for(segments, narrow), (DescriptorNeed{1, 1}));
  EXPECT_FALSE(descriptors_for(segments, narrow).fits(narrow));
  EXPECT_EQ(descriptors_for(segments, {.alignment = Bytes(0x2000)}), (DescriptorNeed{0, 2}));
}

TEST(DescriptorsFor, AFullRingFitsAndOneMoreDoesNot) {
  EXPECT_TRUE((DescriptorNeed{64, 0}).fits({.count = 64}));
  EXPECT_FALSE((DescriptorNeed{65, 0}).fits({.count = 64}));
}

// Against laying descriptors one by one, as a driver does.
TEST(DescriptorsFor, AgreesWithADriverThatLaysThemOneByOne) {
  RandomStream random(7);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t alignment = std::uint64_t{1} << random.below(4);
    DeviceLimits limits;
    limits.alignment = Bytes(alignment);
    limits.max_length = Bytes(alignment + random.below(64));
    limits.boundary = random.below(2) == 0 ? Bytes() : Bytes(alignment << random.below(5));
    std::vector<Segment> segments;
    std::uint64_t offset = 0;
    std::uint64_t address = 1000 * 16;
    for (std::uint64_t i = 0; i <= random.below(5); ++i) {
      const std::uint64_t length = 1 + random.below(300);
      segments.push_back({Bytes(offset), PhysAddr(address), Bytes(length)});
      offset += length;
      address += (length + 32) / 16 * 16 + random.below(9) * 16;
    }
    std::uint64_t laid = 0;
    for (const Segment& segment : segments) {
      std::uint64_t at = segment.paddr.value();
      const std::uint64_t end = at + segment.length.count();
      while (at < end) {
        std::uint64_t length = std::min(end - at, longest_descriptor(limits).count());
        if (!limits.boundary.is_zero()) {
          length = std::min(length, limits.boundary.count() - at % limits.boundary.count());
        }
        at += length;
        ++laid;
      }
    }
    EXPECT_EQ(needed(segments, limits), laid) << round;
  }
}

}  // namespace
}  // namespace memsim
