// Replay: a trace by identity, under every policy, against an array of pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/phys/linux_free_lists.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/replay/comparison.hpp>
#include <memsim/replay/recorded_state.hpp>
#include <memsim/scenario/scenario.hpp>

#include "replay/files.hpp"
#include "support/scenario_run.hpp"

namespace memsim {
namespace {

using ::testing::HasSubstr;

const std::string kData = std::string(MEMSIM_SOURCE_DIR) + "/traces/";
constexpr std::array<const char*, 3> kCuts = {"build", "fileio", "runtimes"};

std::vector<Override> set_of(const std::map<std::string, std::string>& values) {
  std::vector<Override> set;
  for (const auto& [path, value] : values) set.push_back({path, value});
  return set;
}

// The scenario that a recording stands for.
Scenario scenario_of(const std::string& trace, const std::map<std::string, std::string>& values) {
  LoadOptions options;
  options.set = set_of(values);
  HostResult<Scenario> scenario = load_scenario(trace, options);
  EXPECT_TRUE(scenario) << render(scenario.error(), Colour::off);
  return scenario ? std::move(*scenario) : Scenario{};
}

// That of a cut, from its own start.
Scenario cut_of(const std::string& name, const std::string& policy, std::map<std::string, std::string> values = {}) {
  values.emplace("machine.start.lists", kData + name + ".before");
  values.emplace("policy", policy);
  return scenario_of(kData + name + ".trace.xz", values);
}

RecordedState state_of(const std::string& prefix) {
  HostResult<RecordedState> state = read_recorded_state(prefix, "Normal");
  EXPECT_TRUE(state) << render(state.error(), Colour::off);
  return std::move(*state);
}

const FrameAllocator& allocator_of(const World& world) { return world.memory().allocator(RegionId(0)); }

// A replay of text in fresh memory of a thousand frames.
class Small {
 public:
  explicit Small(const std::string& lines, const std::string& policy = "buddy") {
    const std::string path = files_.write("t.trace", "memsim-trace 1 text\nevents\n" + lines + "end\n");
    const Scenario scenario = scenario_of(path, {{"policy", policy}, {"machine.regions[0].size", "4MiB"}});
    World world = test::make_world(scenario.world);
    world.run();
    EXPECT_TRUE(world.failure().empty()) << render(world.failure(), Colour::off);
    world.check_invariants();
    counts = world.background_counts(0);
    free = allocator_of(world).free_frames().count();
  }
  BackgroundCounts counts;
  std::uint64_t free = 0;

 private:
  Files files_;
};

TEST(Replay, WhatIsRefusedIsCountedAndItsReleasePassedOver) {
  const Small run("0 A 0 2048 u 0\n1 A 5000 1 u 0\n1 F 0 2048 - 0\n");
  EXPECT_EQ(run.counts.refused, 1U);
  EXPECT_EQ(run.counts.refused_frames, 2048U);
  EXPECT_EQ(run.counts.passed_over_frames, 2048U);
  EXPECT_EQ(run.free, 1023U);
}

TEST(Replay, AReleaseOfNothingIsPassedOver) {
  const Small run("0 A 10 4 u 0\n0 F 12 4 - 0\n0 F 12 1 - 0\n");
  EXPECT_EQ(run.counts.passed_over_frames, 3U) << "two behind the block, and one that came back before";
  EXPECT_EQ(run.free, 1022U);
}

TEST(Replay, APageThatIsTakenAgainWasGivenBackUnseen) {
  const Small run("0 A 10 4 u 0\n0 A 12 1 u 0\n");
  EXPECT_EQ(run.counts.replaced_frames, 1U);
  EXPECT_EQ(run.free, 1020U);
}

TEST(Replay, PartsOfABlockComeBackOnTheirOwn) {
  for (const Policy& policy : policies()) {
    const Small run(
        "0 A 10 4 u 0\n0 F 11 1 - 0\n0 F 13 1 - 0\n0 F 10 1 - 0\n0 F 12 1 - 0\n"
        "0 A 40 64 m 0\n0 F 50 9 - 0\n",
        std::string(policy.name));
    EXPECT_EQ(run.free, 1024U - 55) << policy.name;
  }
}

TEST(Replay, ScatteredAndAlignedRequestsAreServedAsSuch) {
  const Small run("0 A 0 1 u 0\n0 A 100 700 u 0 scattered\n0 A 1000 4 u 0 align=6\n0 F 100 700 - 0\n");
  EXPECT_EQ(run.counts.refused, 0U);
  EXPECT_EQ(run.free, 1019U);
}

// A block larger than any that the kernel has, whole in the recording's numbers.
TEST(Replay, AHugeReleaseComesBackWholeAndOtherZonesArePassedOver) {
  const Files files;
  static_cast<void>(files.write("s.blocks", "# zone Normal 0 10000\n8000 9 Normal 1\n"));
  const std::string trace = files.write("t.trace", "0 F 0 14 - - 0\n0 F 0 31 - - 0\n");
  for (const Policy& policy : policies()) {
    const Scenario scenario = scenario_of(trace, {{"machine.start.lists", "s"}, {"policy", std::string(policy.name)}});
    World world = test::make_world(scenario.world);
    world.run();
    EXPECT_EQ(allocator_of(world).free_frames().count(), (std::uint64_t{1} << 14) + 512) << policy.name;
    EXPECT_EQ(world.background_counts(0).outside, 1U);
    world.check_invariants();
  }
}

TEST(Replay, AnEmptyHandlingOfInterruptsGoesPastTheListsOfItsProcessor) {
  const Files files;
  static_cast<void>(files.write("s.blocks", "# zone Normal 0 10000\n8000 9 Normal 1\n"));
  const auto listed = [&](const std::string& details) {
    const std::string trace =
        files.write("t.trace", "memsim-trace 1 text\nevents\n0 F 100 1 - 0" + details + "\nend\n");
    const Scenario scenario = scenario_of(trace, {{"machine.start.lists", "s"}, {"policy", "linux"}});
    World world = test::make_world(scenario.world);
    world.run();
    return linux_free_blocks(allocator_of(world))[0];
  };
  EXPECT_EQ(listed(""), 0U);
  EXPECT_EQ(listed(" bypass"), 1U);
}

// When the lists of a processor decayed.
class Decays final : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return kWanted; }
  void on_record(const RecordView& view) override {
    seen.emplace_back(view.as<CpuListsDecayed>().cpu.value(), view.time().value() / 1'000'000);
  }
  std::vector<std::pair<unsigned, std::uint64_t>> seen;  // processor, milliseconds

 private:
  static constexpr std::array<RecordKind, 1> kWanted = {RecordKind::cpu_lists_decayed};
};

TEST(Replay, TheKernelsHousekeepingComesOnceASecondFromAProcessorsFirstEventOn) {
  const Files files;
  const std::string trace = files.write(
      "t.trace", "memsim-trace 1 text\nevents\n0 A 1 1 m 0\n1500000000 A 2 1 m 1\n1000000000 A 3 1 m 0\nend\n");
  const auto decays = [&](const std::map<std::string, std::string>& values) {
    const Scenario scenario = scenario_of(trace, values);
    World world = test::make_world(scenario.world);
    Decays sink;
    world.records().subscribe(sink);
    world.run();
    return sink.seen;
  };
  using Seen = std::vector<std::pair<unsigned, std::uint64_t>>;
  EXPECT_EQ(decays({{"policy", "linux"}}), (Seen{{0, 1000}, {0, 2000}, {1, 2000}}));
  EXPECT_EQ(decays({{"policy", "linux"}, {"background[0].speed_percent", "200"}}),
            (Seen{{0, 500}, {0, 1000}, {1, 1000}}));
  EXPECT_EQ(decays({{"policy", "linux"}, {"background[0].housekeeping", "false"}}), Seen{});
  EXPECT_EQ(decays({{"policy", "buddy"}}), Seen{});
}

TEST(Replay, ListsOfAnotherShapeAreRefused) {
  const Files files;
  static_cast<void>(files.write("t.trace", "0 F 0 0 - - 0\n"));
  const auto complaint = [&](const std::string& blocks, const std::string& cached) {
    static_cast<void>(files.write("s.blocks", "# zone Normal 0 800000\n" + blocks));
    static_cast<void>(files.write("s.pcp", cached));
    LoadOptions options;
    options.set = set_of({{"machine.start.lists", "s"}, {"policy", "linux"}});
    const HostResult<Scenario> scenario = load_scenario(files.path("t.trace"), options);
    return scenario ? "" : render(scenario.error(), Colour::off);
  };
  EXPECT_EQ(complaint("8000 10 Normal 1\n", "10 3 Normal 1 0\n"), "");
  EXPECT_THAT(complaint("8000 11 Normal 1\n", ""), HasSubstr("the top order is 10"));
  EXPECT_THAT(complaint("8000 10 Normal 1\n", "10 4 Normal 1 0\n"), HasSubstr("a block of order 4"));
}

TEST(Replay, AStartStateIsWhatWasRecordedBlockByBlock) {
  for (const char* const name : kCuts) {
    const RecordedState start = state_of(kData + name + ".before");
    const Scenario scenario = cut_of(name, "linux");
    const World world = test::make_world(scenario.world);
    const LinuxFreeLists lists = *linux_free_lists(allocator_of(world));
    const ListComparison same = compare_lists(start, allocator_of(world), false);
    EXPECT_EQ(same.equal_positions, start.lists.blocks.size()) << name;
    EXPECT_EQ(same.unusable_error_millionths, 0U);
    EXPECT_EQ(lists.cached, start.lists.cached);
    EXPECT_EQ(lists.high, start.lists.high);
  }
}

// The recording by the rules of docs/traces.md alone: an array of pages, without a policy.
class PageArray {
 public:
  PageArray(Extent extent, const LinuxFreeLists& start)
      : first_(extent.first.value()), held_(extent.count.count(), true) {
    for (const auto& block : start.blocks) fill(block.first.value(), block.order.frames().count(), false);
    for (const auto& block : start.cached) fill(block.first.value(), block.order.frames().count(), false);
  }
  void play(const TraceEvent& event) {
    const std::uint64_t at = event.first.value();
    if (at < first_ || at + event.count > first_ + held_.size()) return;
    if (event.op == TraceOp::allocate) fill(at, event.count, true);
    if (event.op == TraceOp::release) fill(at, event.count, false);
  }
  [[nodiscard]] const std::vector<bool>& held() const { return held_; }

 private:
  void fill(std::uint64_t at, std::uint64_t count, bool held) {
    for (std::uint64_t i = 0; i < count; ++i) held_[at - first_ + i] = held;
  }
  std::uint64_t first_;
  std::vector<bool> held_;
};

// Which page lies in each frame, from the records alone: of one region.
class FrameArray final : public RecordSink {
 public:
  explicit FrameArray(Extent extent) : first_(extent.first.value()), page_(extent.count.count(), kFree) {}
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return kWanted; }
  void on_record(const RecordView& view) override {
    if (view.kind() == RecordKind::object_created) {
      const auto& created = view.as<ObjectCreated>();
      if (created.name == "held at the start") start_ = created.object;
      if (created.name.starts_with("background")) backgrounds_.push_back(created.object);
      return;
    }
    if (view.kind() == RecordKind::frames_allocated) return take(view.as<FramesAllocated>());
    for (const Extent& extent : view.as<FramesReleased>().extents) {
      for (std::uint64_t i = 0; i < extent.count.count(); ++i) {
        std::uint64_t& page = page_[extent.first.value() - first_ + i];
        faults += page == kFree ? 1 : 0;
        page = kFree;
      }
    }
  }
  // The pages of the recording that lie somewhere.
  [[nodiscard]] std::vector<bool> held() const {
    std::vector<bool> held(page_.size(), false);
    for (const std::uint64_t page : page_) {
      if (page >= first_ && page < first_ + held.size()) held[page - first_] = true;
    }
    return held;
  }
  int faults = 0;

 private:
  static constexpr std::array<RecordKind, 3> kWanted = {RecordKind::object_created, RecordKind::frames_allocated,
                                                        RecordKind::frames_released};
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};
  static constexpr std::uint64_t kOfOthers = kFree - 1;

  void take(const FramesAllocated& taken) {
    const bool is_start = taken.object == start_;
    const bool is_recording = std::find(backgrounds_.begin(), backgrounds_.end(), taken.object) != backgrounds_.end();
    std::uint64_t page = taken.offset.count() >> 12U;
    for (const Extent& extent : taken.extents) {
      for (std::uint64_t i = 0; i < extent.count.count(); ++i, ++page) {
        std::uint64_t& held = page_[extent.first.value() - first_ + i];
        faults += held == kFree ? 0 : 1;
        held = is_start ? extent.first.value() + i : is_recording ? page : kOfOthers;
      }
    }
  }

  std::uint64_t first_;
  std::vector<std::uint64_t> page_;  // by frame
  ObjectId start_{};
  std::vector<ObjectId> backgrounds_;
};

class ReplayOfACut : public ::testing::TestWithParam<const char*> {
 protected:
  // Runs it, and looks at each frame and at each page of the recording.
  static void check(const Scenario& scenario, const std::vector<bool>& pages, const std::string& what) {
    World world = test::make_world(scenario.world);
    FrameArray frames(world.memory().region_extent(RegionId(0)));
    world.records().subscribe(frames);
    world.run();
    EXPECT_TRUE(world.failure().empty()) << what << render(world.failure(), Colour::off);
    world.check_invariants();
    EXPECT_EQ(world.background_counts(0).refused, 0U) << what;
    EXPECT_EQ(frames.faults, 0) << what << ": a frame was given twice, or given back while it was free";
    EXPECT_TRUE(frames.held() == pages) << what << ": other pages are held than the recording says";
  }
};

// Memory never runs out in the recordings, so whatever places a policy chooses, the same pages lie somewhere.
TEST_P(ReplayOfACut, HoldsThePagesOfAnArrayUnderEveryPolicyAloneAndBesideAProcess) {
  const std::string trace = kData + GetParam() + ".trace.xz";
  const RecordedState start = state_of(kData + GetParam() + ".before");
  PageArray pages(start.extent, start.lists);
  for (const TraceEvent& event : events_of(trace)) pages.play(event);
  const std::string beside = fmt::format(
      "memsim: 1\nmachine: {{start: {{lists: {0}.before}}}}\n"
      "background: [{{trace: {0}.trace.xz, frees_start: true, housekeeping: true}}]\n"
      "processes:\n"
      "  - {{name: p, program: [repeat: {{times: 20, do: [shm_open: {{name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}},\n"
      "     sleep: 1ms]}}]}}\n",
      kData + GetParam());
  for (const Policy& policy : policies()) {
    const std::string name(policy.name);
    check(cut_of(GetParam(), name), pages.held(), name);
    LoadOptions options;
    options.set = set_of({{"policy", name}});
    const HostResult<Scenario> scenario = parse_scenario(beside, "x.yaml", options);
    ASSERT_TRUE(scenario) << render(scenario.error(), Colour::off);
    check(*scenario, pages.held(), name + " beside a process");
  }
}

INSTANTIATE_TEST_SUITE_P(OfEachTrace, ReplayOfACut, ::testing::ValuesIn(kCuts));

TEST(Replay, TheZoneOfLinuxTakesTheKernelsBlocks) {
  for (const char* const name : kCuts) {
    const Scenario scenario = cut_of(name, "linux", {{"background[0].layer", "zone"}});
    World world = test::make_world(scenario.world);
    world.run();
    const BackgroundCounts counts = world.background_counts(0);
    EXPECT_GT(counts.allocations, 10'000U) << name;
    EXPECT_EQ(counts.same_place, counts.allocations) << name;
  }
}

TEST(Replay, TheZoneLayerHasNoListsPerProcessor) {
  LoadOptions options;
  options.set = set_of({{"background[0].layer", "zone"}, {"policy", "linux"}, {"policy.pcp", "on"}});
  const HostResult<Scenario> scenario = load_scenario(kData + "build.trace.xz", options);
  ASSERT_FALSE(scenario);
  EXPECT_THAT(render(scenario.error(), Colour::off), HasSubstr("leave out pcp"));
}

// The same from every build, whatever runs beside it. That of a build that decides otherwise belongs in here anew.
TEST(Replay, ARecordingHasOneFingerprint) {
  const std::map<std::pair<std::string, std::string>, std::uint64_t> known = {
      {{"build", "linux"}, 0x7a726d63d926add6},    {{"build", "buddy"}, 0xdac66f6f814e780d},
      {{"fileio", "linux"}, 0x5664faf340dc9d44},   {{"fileio", "buddy"}, 0x64804a6dade38388},
      {{"runtimes", "linux"}, 0xffcd1c74ef52eb49}, {{"runtimes", "buddy"}, 0x47cf51badbd7e9fd}};
  for (const auto& [what, fingerprint] : known) {
    const Scenario scenario = cut_of(what.first, what.second);
    for (int i = 0; i < 2; ++i) {
      World world = test::make_world(scenario.world);
      world.run();
      EXPECT_EQ(world.records().fingerprint(), fingerprint) << what.first << ' ' << what.second;
    }
  }
}

TEST(Replay, ARecordingHasTheProcessorsThatItTellsOf) {
  EXPECT_EQ(cut_of("build", "linux").world.cpus, 2U);
  EXPECT_EQ(cut_of("build", "linux", {{"machine.cpus", "1"}}).world.cpus, 1U);
}

}  // namespace
}  // namespace memsim
