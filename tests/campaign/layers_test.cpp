#include <memsim/campaign/layers.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/scenario_run.hpp"

namespace memsim {
namespace {

using test::load;
using test::make_world;

constexpr LayerView::Windows kFirstTen = {EntryWindow{0, 10}, {0, 10}, {0, 10}, {0, 10}, {0, 10}};

// Two processes that take memory one after the other and ask where it lies.
constexpr std::string_view kTwoClients = R"(
memsim: 1
machine:
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 1MiB}
processes:
  - name: first
    program:
      - shm_open: {name: /one, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 12KiB}
      - _MEM_OBJ_INFO: {fd: $fd, length: SIZE_MAX}
      - shm_unlink: /one
  - name: second
    start: 1ms
    program:
      - shm_open: {name: /two, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 8KiB}
      - close: $fd
      - shm_unlink: /two
)";

LayerView view_of(const WorldConfig& config, const LayerView::Windows& windows = kFirstTen) {
  LayerView view(windows);
  World world = make_world(config);
  world.records().subscribe(view);
  world.run();
  return view;
}

LayerView view_of(std::string_view text, const LoadOptions& options = {}) { return view_of(load(text, options)); }

std::vector<Layer> changed(const LayerView& one, const LayerView& other) {
  std::vector<Layer> layers;
  for (const Layer layer : kLayers) {
    if (one.digest(layer) != other.digest(layer)) layers.push_back(layer);
  }
  return layers;
}

FramesAllocated taking(std::span<const Extent> extents) {
  FramesAllocated record;
  record.object = ObjectId(1);
  record.extents = extents;
  return record;
}

SegmentReply replying(std::span<const Segment> segments) {
  SegmentReply record;
  record.object = ObjectId(1);
  record.segments = segments;
  return record;
}

TEST(LayerView, EqualRunsHaveEqualLayers) {
  EXPECT_THAT(changed(view_of(kTwoClients), view_of(kTwoClients)), testing::IsEmpty());
}

TEST(LayerView, AChangeOfTimesChangesEventsOnly) {
  LoadOptions slower;
  slower.set = {{"machine.costs.kernel_call", "1us"}, {"machine.costs.msg_send", "3us"}};
  EXPECT_THAT(changed(view_of(kTwoClients), view_of(kTwoClients, slower)), testing::ElementsAre(Layer::events));
}

TEST(LayerView, AChangeOfAllocatorCostsDoesNotLookLikeAnotherDecision) {
  LoadOptions slower;
  slower.set = {{"machine.costs.allocator_split", "5us"}, {"machine.costs.allocator_step", "2us"}};
  EXPECT_THAT(changed(view_of(kTwoClients), view_of(kTwoClients, slower)), testing::ElementsAre(Layer::events));
}

TEST(LayerView, TheAllocatorsWorkIsNoDecision) {
  RecordStream lazy;
  RecordStream busy;
  LayerView one(kFirstTen);
  LayerView other(kFirstTen);
  lazy.subscribe(one);
  busy.subscribe(other);
  const std::array extents = {Extent{FrameNumber(4), FrameCount(2)}};
  FramesAllocated record = taking(extents);
  lazy.publish(record);
  record.splits = WorkCount(9);
  record.merges = WorkCount(3);
  record.steps = WorkCount(7);
  busy.publish(record);
  EXPECT_NE(lazy.fingerprint(), busy.fingerprint());
  EXPECT_THAT(changed(one, other), testing::IsEmpty());
  EXPECT_THAT(one.texts(Layer::allocator).front().text,
              testing::AllOf(testing::Not(testing::HasSubstr("splits")), testing::HasSubstr("\"first\":4")));
}

// What the memory manager is asked stays the same; where memory lies does not.
TEST(LayerView, AnotherPlaceForTheSameRequestsChangesAllocatorRepliesAndFreeMap) {
  RecordStream low;
  RecordStream high;
  LayerView one(kFirstTen);
  LayerView other(kFirstTen);
  for (auto [stream, view, frame] : {std::tuple(&low, &one, 4), std::tuple(&high, &other, 8)}) {
    const auto first = static_cast<std::uint64_t>(frame);
    stream->subscribe(*view);
    const std::array extents = {Extent{FrameNumber(first), FrameCount(2)}};
    const std::array segments = {Segment{Bytes(0), PhysAddr(first << 12), Bytes(8192)}};
    stream->publish(taking(extents));
    stream->publish(replying(segments));
    stream->publish(RegionSample{});
  }
  EXPECT_THAT(changed(one, other), testing::ElementsAre(Layer::allocator, Layer::replies, Layer::free_map));
}

// A frame that moved lies in the same free map as one that was given out there.
TEST(LayerView, TheFreeMapFollowsMovedAndReservedFrames) {
  RecordStream moved;
  RecordStream placed;
  LayerView one(kFirstTen);
  LayerView other(kFirstTen);
  moved.subscribe(one);
  placed.subscribe(other);
  const std::array from = {Extent{FrameNumber(4), FrameCount(1)}};
  const std::array to = {Extent{FrameNumber(9), FrameCount(1)}};
  const std::array range = {Extent{FrameNumber(4), FrameCount(2)}};
  const std::array reserved = {Extent{FrameNumber(20), FrameCount(3)}};
  moved.publish(FramesReserved{"firmware", reserved[0]});
  moved.publish(taking(from));
  moved.publish(FramesMoved{ObjectId(1), ProcessId(2), CpuId(0), from, to});
  moved.publish(taking(range));
  placed.publish(taking(reserved));
  placed.publish(taking(to));
  placed.publish(taking(range));
  for (RecordStream* stream : {&moved, &placed}) stream->publish(RegionSample{});
  EXPECT_EQ(one.digest(Layer::free_map), other.digest(Layer::free_map));
}

TEST(LayerView, TheFreeMapDependsOnWhichFramesAreTakenNotOnHowTheyWereCut) {
  RecordStream whole;
  RecordStream parts;
  LayerView one(kFirstTen);
  LayerView other(kFirstTen);
  whole.subscribe(one);
  parts.subscribe(other);
  const std::array all = {Extent{FrameNumber(10), FrameCount(6)}};
  const std::array pieces = {Extent{FrameNumber(14), FrameCount(2)}, Extent{FrameNumber(10), FrameCount(4)}};
  whole.publish(taking(all));
  parts.publish(taking(pieces));
  for (RecordStream* stream : {&whole, &parts}) stream->publish(RegionSample{});
  EXPECT_EQ(one.digest(Layer::free_map), other.digest(Layer::free_map));
  EXPECT_THAT(one.texts(Layer::free_map).front().text, testing::HasSubstr("\"taken_frames\":6"));
}

TEST(LayerView, MemoryGivenBackLeavesTheFreeMapOfTheStart) {
  const LayerView view = view_of(kTwoClients);
  const std::vector<EntryText>& maps = view.texts(Layer::free_map);
  ASSERT_EQ(maps.size(), 2);  // the samples at the start and at the end
  EXPECT_EQ(maps[0].text, R"({"point":"start","taken_frames":0,"map":"0000000000000000"})");
  EXPECT_EQ(maps[1].text, R"({"point":"end","taken_frames":0,"map":"0000000000000000"})");
}

// The shipped scenarios take and give memory in every way that there is.
TEST(LayerView, TheFreeMapCountsEveryFrameThatTheSamplesMiss) {
  for (const char* name :
       {"half_freed.yaml", "refused.yaml", "iommu_gather.yaml", "death_in_send.yaml", "defragment.yaml"}) {
    LoadOptions options;
    options.until = "5min";
    const auto scenario = load_scenario(std::string(MEMSIM_SOURCE_DIR "/scenarios/") + name, options);
    ASSERT_TRUE(scenario) << name;
    constexpr EntryWindow kAll = {0, 1'000'000};
    const LayerView view = view_of(scenario->world, {kAll, kAll, kAll, kAll, kAll});
    std::uint64_t taken = 0;
    for (const EntryText& sample : view.texts(Layer::samples)) {
      if (sample.text.find(R"("kind":"region_sample")") == std::string::npos) continue;
      const auto number = [&](std::string_view key) {
        const std::size_t at = sample.text.find(key);
        return std::stoull(sample.text.substr(at + key.size()));
      };
      taken = number(R"("total_frames":)") - number(R"("free_frames":)");
    }
    EXPECT_THAT(view.texts(Layer::free_map).back().text,
                testing::HasSubstr("\"taken_frames\":" + std::to_string(taken) + ","))
        << name;
  }
}

TEST(LayerView, OnlyEventsTellTheirTime) {
  const LayerView view = view_of(kTwoClients);
  for (const Layer layer : kLayers) {
    for (const EntryText& entry : view.texts(layer)) {
      EXPECT_EQ(entry.text.find("time_ns") != std::string::npos, layer == Layer::events) << entry.text;
    }
  }
}

TEST(LayerView, KeepsTheTextsOfItsWindows) {
  LayerView::Windows windows{};
  windows[0] = {3, 2};
  const LayerView view = view_of(load(kTwoClients), windows);
  const std::vector<EntryText>& events = view.texts(Layer::events);
  ASSERT_EQ(events.size(), 2);
  EXPECT_EQ(events[0].index, 3);
  EXPECT_EQ(events[1].index, 4);
  EXPECT_THAT(view.texts(Layer::allocator), testing::IsEmpty());
}

// Cells stay few, and each still shows a change of one of its entries.
TEST(LayerView, ALongLayerStaysSmallAndAChangedEntryChangesItsCell) {
  constexpr std::uint64_t kEntries = 100'000;
  constexpr std::uint64_t kChanged = 77'777;
  RecordStream plain;
  RecordStream changed;
  LayerView one({});
  LayerView other({});
  plain.subscribe(one);
  changed.subscribe(other);
  for (std::uint64_t i = 0; i < kEntries; ++i) {
    plain.publish(ObjectDestroyed{ObjectId(static_cast<std::uint32_t>(i))});
    changed.publish(ObjectDestroyed{ObjectId(static_cast<std::uint32_t>(i == kChanged ? 1 : i))});
  }
  const LayerDigest a = one.digest(Layer::allocator);
  const LayerDigest b = other.digest(Layer::allocator);
  EXPECT_EQ(a.entry_count, kEntries);
  EXPECT_EQ(a.cell_entries, 64);
  EXPECT_EQ(a.cells.size(), (kEntries + 63) / 64);
  for (std::size_t i = 0; i < a.cells.size(); ++i) EXPECT_EQ(a.cells[i] == b.cells[i], i != kChanged / 64) << i;
}

TEST(LayerView, ASwapOfTwoEntriesOfOneCellShows) {
  RecordStream plain;
  RecordStream swapped;
  LayerView one({});
  LayerView other({});
  plain.subscribe(one);
  swapped.subscribe(other);
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    plain.publish(ObjectDestroyed{ObjectId(i)});
    swapped.publish(ObjectDestroyed{ObjectId(i == 9'000 || i == 9'001 ? 18'001 - i : i)});
  }
  const LayerDigest a = one.digest(Layer::allocator);
  const LayerDigest b = other.digest(Layer::allocator);
  EXPECT_NE(a.fingerprint, b.fingerprint);
  EXPECT_NE(a.cells[9'000 / a.cell_entries], b.cells[9'000 / b.cell_entries]);
}

TEST(LayerView, ALongEntryIsCut) {
  RecordStream stream;
  LayerView view(kFirstTen);
  stream.subscribe(view);
  const std::string remark(1000, 'x');
  stream.publish(Note{ProcessId(2), ThreadId(1), remark});
  const std::string& text = view.texts(Layer::events).front().text;
  EXPECT_EQ(text.size(), kEntryTextMax);
  EXPECT_TRUE(text.ends_with("xxx..."));
}

}  // namespace
}  // namespace memsim
