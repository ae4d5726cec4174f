#include <gtest/gtest.h>

#include <memsim/base/random.hpp>
#include <memsim/vm/memory_object.hpp>

#include <vector>

#include "vm/frames_and_pages.hpp"

namespace memsim {
namespace {

constexpr PageSize kPageSize;

using test::extent;
using test::pages;

// An object of `kind` with the frames of `extents` behind its pages from 0 on.
MemoryObject object_of(ObjectKind kind, const std::vector<Extent>& extents) {
  MemoryObject object;
  object.kind = kind;
  PageNumber page;
  for (const Extent& frames : extents) {
    if (object.is_paged()) {
      object.pages.insert(page, frames);
    } else {
      object.segments.append(kPageSize.address_of(frames.first), kPageSize.bytes_of(frames.count),
                             TouchingSegments::merge);
    }
    page += frames.count;
  }
  return object;
}

std::vector<std::uint64_t> frame_of_each_page(const MemoryObject& object) {
  std::vector<Extent> extents;
  object.collect({PageNumber(), PageNumber::max() - PageNumber()}, kPageSize, extents);
  std::vector<std::uint64_t> frames;
  for (const Extent& part : extents) {
    for (std::uint64_t i = 0; i < part.count.count(); ++i) frames.push_back(part.first.value() + i);
  }
  return frames;
}

class ReplaceFrames : public ::testing::TestWithParam<ObjectKind> {};

TEST_P(ReplaceFrames, LeavesTheOtherPagesWhereTheyAre) {
  MemoryObject object = object_of(GetParam(), {extent(10, 4), extent(30, 2)});
  const std::vector<PageRange> moved = {pages(1, 2), pages(5, 1)};
  const std::vector<Extent> to = {extent(50, 1), extent(70, 2)};
  object.replace_frames(moved, to, kPageSize, TouchingSegments::merge);
  EXPECT_EQ(frame_of_each_page(object), (std::vector<std::uint64_t>{10, 50, 70, 13, 30, 71}));
  EXPECT_EQ(object.frames(kPageSize), FrameCount(6));
}

TEST_P(ReplaceFrames, PagesThatComeToLieTogetherAreOneRun) {
  MemoryObject object = object_of(GetParam(), {extent(10, 2), extent(40, 2)});
  const std::vector<PageRange> moved = {pages(2, 2)};
  const std::vector<Extent> to = {extent(12, 2)};
  object.replace_frames(moved, to, kPageSize, TouchingSegments::merge);
  EXPECT_EQ(object.segment_count(), 1u);
}

TEST_P(ReplaceFrames, AnyRangesMoveAsPageByPage) {
  RandomStream random(11);
  for (int round = 0; round < 500; ++round) {
    std::vector<Extent> extents;
    for (std::uint64_t at = 0; extents.size() < 6; at += 20) extents.push_back(extent(at, 1 + random.below(9)));
    MemoryObject object = object_of(GetParam(), extents);
    std::vector<std::uint64_t> expected = frame_of_each_page(object);
    std::vector<PageRange> moved;
    std::uint64_t count = 0;
    for (std::uint64_t page = random.below(4); page < expected.size(); page += 1 + random.below(6)) {
      const std::uint64_t length = std::min<std::uint64_t>(1 + random.below(12), expected.size() - page);
      moved.push_back(pages(page, length));
      for (std::uint64_t i = 0; i < length; ++i) expected[page + i] = 1000 + (count += 1 + random.below(2));
      page += length;
    }
    // The same frames as extents, one each.
    std::vector<Extent> to;
    for (const PageRange& range : moved) {
      for (PageNumber page = range.first; page < range.end(); page += FrameCount(1)) {
        to.push_back(extent(expected[page.value()], 1));
      }
    }
    object.replace_frames(moved, to, kPageSize, TouchingSegments::merge);
    ASSERT_EQ(frame_of_each_page(object), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(PopulatedAndPaged, ReplaceFrames, ::testing::Values(ObjectKind::truncated, ObjectKind::lazy));

TEST(ReplaceFramesOfAPopulatedObject, KeepsItsLogicalSizeAndItsBlocksApart) {
  MemoryObject object = object_of(ObjectKind::truncated, {extent(10, 4)});
  object.segments.set_size(Bytes(15'000));
  const std::vector<PageRange> moved = {pages(0, 2)};
  const std::vector<Extent> to = {extent(20, 1), extent(21, 1)};
  object.replace_frames(moved, to, kPageSize, TouchingSegments::keep_apart);
  EXPECT_EQ(object.segments.size(), Bytes(15'000));
  EXPECT_EQ(object.segment_count(), 3u);
}

}  // namespace
}  // namespace memsim
