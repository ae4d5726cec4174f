// Recordings in a scenario: how the machine stands when a run begins, and traces that play beside its processes.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <set>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/base/random.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/phys/policy.hpp>
#include <memsim/scenario/scenario.hpp>

#include "replay/files.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// What the records of a run say of frames.
class Seen final : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& view) override {
    switch (view.kind()) {
      case RecordKind::object_created:
        names[view.as<ObjectCreated>().object] = view.as<ObjectCreated>().name;
        return;
      case RecordKind::frames_allocated:
        for (const Extent& extent : view.as<FramesAllocated>().extents) take(view.as<FramesAllocated>().object, extent);
        times.push_back(view.time());
        return;
      case RecordKind::frames_released:
        for (const Extent& extent : view.as<FramesReleased>().extents) give(extent);
        return;
      case RecordKind::frames_moved:
        for (const Extent& extent : view.as<FramesMoved>().from) give(extent);
        for (const Extent& extent : view.as<FramesMoved>().to) take(view.as<FramesMoved>().object, extent);
        ++moved[view.as<FramesMoved>().object];
        return;
      case RecordKind::allocation_failed:
        ++refused[view.as<AllocationFailed>().object];
        return;
      case RecordKind::region_sample:
        blocks.assign(view.as<RegionSample>().free_blocks.begin(), view.as<RegionSample>().free_blocks.end());
        return;
      default:
        return;
    }
  }
  // Frames by the name of the object that has them.
  [[nodiscard]] std::map<std::string, std::uint64_t> held() const {
    std::map<std::string, std::uint64_t> by_name;
    for (const auto& [frame, object] : owners) ++by_name[names.at(object)];
    return by_name;
  }

  std::map<ObjectId, std::string> names;
  std::map<std::uint64_t, ObjectId> owners;  // by frame
  std::map<ObjectId, int> moved;
  std::map<ObjectId, int> refused;
  std::vector<SimTime> times;         // of allocations
  std::vector<std::uint64_t> blocks;  // of the last sample, by order

 private:
  void take(ObjectId object, Extent extent) {
    for (FrameNumber frame = extent.first; frame < extent.end(); frame += FrameCount(1)) {
      EXPECT_TRUE(owners.emplace(frame.value(), object).second) << "a frame has one owner";
    }
  }
  void give(Extent extent) {
    for (FrameNumber frame = extent.first; frame < extent.end(); frame += FrameCount(1)) {
      EXPECT_EQ(owners.erase(frame.value()), 1u);
    }
  }
};

constexpr const char* kSleeper = "processes:\n  - {name: p, program: [sleep: 1ms]}\n";

class Recorded : public testing::Test {
 protected:
  [[nodiscard]] HostResult<Scenario> load(const std::string& text, LoadOptions options = {}) const {
    return parse_scenario("memsim: 1\n" + text, files.path("x.yaml"), options);
  }
  [[nodiscard]] World world_of(const std::string& text, LoadOptions options = {}) const {
    const HostResult<Scenario> scenario = load(text, options);
    EXPECT_TRUE(scenario) << render(scenario.error(), Colour::off);
    HostResult<World> world = World::create(scenario->world, find_deadlocks);
    EXPECT_TRUE(world) << render(world.error(), Colour::off);
    return std::move(*world);
  }
  // Runs to the end, and gives the fingerprint.
  std::uint64_t run(const std::string& text, Seen& seen, LoadOptions options = {}) const {
    World world = world_of(text, options);
    world.records().subscribe(seen);
    world.run();
    EXPECT_TRUE(world.failure().empty());
    world.check_invariants();
    return world.records().fingerprint();
  }
  [[nodiscard]] std::string complaint(const std::string& text) const {
    const HostResult<Scenario> scenario = load(text);
    return scenario ? "" : render(scenario.error(), Colour::off);
  }
  // A trace in text with these events.
  void write_trace(const std::string& name, const std::string& events) const {
    static_cast<void>(files.write(name, "memsim-trace 1 text\nevents\n" + events + "end\n"));
  }

  Files files;
};

std::string machine(const std::string& start, const std::string& more = "") {
  return "machine:\n  regions: [{name: ram, base: 16MiB, size: 64MiB}]\n  start: " + start + "\n" + more;
}

TEST_F(Recorded, AStartFromCountsHasJustTheseBlocksFreeUnderEveryPolicy) {
  static_cast<void>(files.write("b", "Node 0, zone DMA 9 9\nNode 0, zone Normal 7 6 5 4 3 2 1 0 2 1 3\n"));
  for (const Policy& policy : policies()) {
    LoadOptions options;
    options.set.push_back({"policy", std::string(policy.name)});
    Seen seen;
    run(machine("{buddyinfo: b, zone: Normal}") + kSleeper, seen, options);
    seen.blocks.resize(11);
    // A policy whose blocks have no powers of two is measured in those that its free frames make up.
    EXPECT_THAT(seen.blocks, ElementsAre(7, 6, 5, 4, 3, 2, 1, 0, 2, 1, 3)) << policy.name;
    const std::uint64_t free = 7 + 12 + 20 + 32 + 48 + 64 + 64 + 512 + 512 + 3072;
    EXPECT_EQ(seen.held()["held at the start"], 64 * 256 - free) << policy.name;
  }
}

TEST_F(Recorded, AStartFromCountsIsLaidOutFromTheSeed) {
  static_cast<void>(files.write("b", "Node 0, zone Normal 70 60 50 40 30 20 10 0 2 1 3\n"));
  const std::string text = machine("{buddyinfo: b}") + kSleeper;
  std::set<std::uint64_t> fingerprints;
  for (const std::uint64_t seed : {1U, 2U, 1U}) {
    LoadOptions options;
    options.seed = seed;
    Seen seen;
    fingerprints.insert(run(text, seen, options));
  }
  EXPECT_EQ(fingerprints.size(), 2u);
}

TEST_F(Recorded, AStartFromRangesHoldsTheseAndNothingElse) {
  for (const Policy& policy : policies()) {
    LoadOptions options;
    options.set.push_back({"policy", std::string(policy.name)});
    Seen seen;
    run(machine("{held: [{base: 20MiB, size: 8KiB}, {base: 0x1000000, size: 4KiB}]}") + kSleeper, seen, options);
    std::vector<std::uint64_t> frames;
    for (const auto& [frame, object] : seen.owners) {
      if (seen.names[object] == "held at the start") frames.push_back(frame);
    }
    EXPECT_THAT(frames, ElementsAre(4096, 5120, 5121)) << policy.name;
  }
}

TEST_F(Recorded, AStartFromListsIsThatOfTheRecording) {
  const std::string text = "machine:\n  regions: [{name: ram, base: 4GiB, size: 5505024pages}]\n  start: {lists: " +
                           std::string(MEMSIM_SOURCE_DIR) + "/traces/build.before}\n" + kSleeper;
  std::vector<std::uint64_t> of_linux;
  for (const char* policy : {"linux", "buddy"}) {
    LoadOptions options;
    options.set.push_back({"policy", policy});
    World world = world_of(text, options);
    Seen seen;
    // The owners of a million frames are no matter here.
    class Blocks final : public RecordSink {
     public:
      [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
      void on_record(const RecordView& view) override {
        if (view.kind() != RecordKind::region_sample) return;
        free = view.as<RegionSample>().free.count();
        blocks.assign(view.as<RegionSample>().free_blocks.begin(), view.as<RegionSample>().free_blocks.end());
      }
      std::uint64_t free = 0;
      std::vector<std::uint64_t> blocks;
    } blocks;
    world.records().subscribe(blocks);
    world.run();
    EXPECT_EQ(blocks.free, 480'585u);
    // Blocks beyond the top order of linux are several of it.
    for (std::size_t order = blocks.blocks.size() - 1; order > 10; --order) {
      blocks.blocks[order - 1] += 2 * std::exchange(blocks.blocks[order], 0);
    }
    if (of_linux.empty()) of_linux = blocks.blocks;
    EXPECT_EQ(blocks.blocks, of_linux) << policy;
  }
}

TEST_F(Recorded, WhatIsWrongWithAStartIsToldAtItsPlace) {
  static_cast<void>(files.write("b", "Node 0, zone Normal 7 6 5 4 3 2 1 0 2 1 3\n"));
  static_cast<void>(files.write("much", "Node 0, zone Normal 0 0 0 0 0 0 0 0 0 0 90\n"));
  static_cast<void>(files.write("bad", "Node 0, zone Normal 7 x\n"));
  const auto told = [&](const std::string& start, const std::string& more = "") {
    return complaint(machine(start, more) + kSleeper);
  };
  EXPECT_THAT(told("{}"), HasSubstr("x.yaml:4:10: error: a start needs one of the keys"));
  EXPECT_THAT(told("{buddyinfo: b, lists: c}"), HasSubstr("a start needs one of the keys"));
  EXPECT_THAT(told("{buddyinfo: nothing}"), HasSubstr("nothing"));
  EXPECT_THAT(told("{buddyinfo: bad}"), HasSubstr("bad:1:23: error: no count of free blocks"));
  EXPECT_THAT(told("{buddyinfo: b, zone: DMA}"), HasSubstr("no zone DMA in it"));
  EXPECT_THAT(told("{buddyinfo: b, region: rom}"), HasSubstr("x.yaml:4:33: error: there is no region 'rom'"));
  EXPECT_THAT(told("{buddyinfo: much}"), HasSubstr("x.yaml:4:10: error: the free blocks, of 92160 frames, do not fit"));
  EXPECT_THAT(told("{lists: nothing}"), HasSubstr("x.yaml:4:18: error: no "));
  EXPECT_THAT(told("{lists: " + std::string(MEMSIM_SOURCE_DIR) + "/traces/build.before}"),
              HasSubstr("help: give the region base: 0x100000000 and size:"));
  EXPECT_THAT(told("{held: [{base: 1MiB, size: 4KiB}]}"), HasSubstr("x.yaml:4:18: error: a range in use that lies in"));
  EXPECT_THAT(told("{held: [{base: 16MiB, size: 100B}]}"), HasSubstr("whole pages"));
  EXPECT_THAT(told("{held: [{base: 16MiB, size: 8KiB}, {base: 16388KiB, size: 8KiB}]}"),
              HasSubstr("x.yaml:4:45: error: a range in use that overlaps that of line 4"));
  EXPECT_THAT(told("{held: [{base: 16MiB, size: 8KiB}]}", "  reservations: [{name: r, base: 16MiB, size: 4KiB}]\n"),
              HasSubstr("frame 4096 is held twice"));
  EXPECT_THAT(told("{buddyinfo: b}", "  reservations: [{name: r, base: 16MiB, size: 64MiB}]\n"),
              HasSubstr("reservation 'r' lies in frames that are free at the start"));
}

TEST_F(Recorded, ABackgroundTakesAndGivesBackByIdentity) {
  write_trace("day.trace", "0 A 100 4 m 0\n1000 A 200 2 u 1\n1000 F 102 1 - 0\n1000 A 100 1 m 0\n0 F 777 1 - 0\n");
  Seen seen;
  run("background: [{trace: day.trace}]\n", seen);
  EXPECT_EQ(seen.held(), (std::map<std::string, std::uint64_t>{{"background day", 5}}));
  EXPECT_THAT(seen.times, ElementsAre(SimTime(0), SimTime(1000), SimTime(3000)));
}

TEST_F(Recorded, ABackgroundPlaysFromItsStartAtItsSpeedAndAgain) {
  write_trace("day.trace", "1000 A 100 1 m 0\n2000 F 100 1 - 0\n");
  Seen seen;
  run("background: [{trace: day.trace, start: 1us, speed_percent: 200, repeat: 3, pause: 10us}]\n", seen);
  EXPECT_THAT(seen.times, ElementsAre(SimTime(1500), SimTime(13'000), SimTime(24'500)));
  EXPECT_TRUE(seen.owners.empty());
}

TEST_F(Recorded, WhatThePolicyRefusesIsCountedAndItsReleasePassedOver) {
  write_trace("day.trace", "0 A 0 15 u 0 scattered\n1 A 100 4 m 0\n1 A 200 1 m 0\n1 F 100 4 - 0\n1 F 200 1 - 0\n");
  Seen seen;
  run("machine: {regions: [{name: ram, base: 1MiB, size: 16pages}]}\nbackground: [{trace: day.trace}]\n", seen);
  EXPECT_EQ(seen.held()["background day"], 15u);
  ASSERT_EQ(seen.refused.size(), 1u);
  EXPECT_EQ(seen.names[seen.refused.begin()->first], "background day");
  EXPECT_EQ(seen.refused.begin()->second, 1);
}

// Random events against a set of pages, under every policy.
TEST_F(Recorded, ABackgroundHoldsJustThePagesOfItsTrace) {
  RandomStream random = RandomStream::derive(15, {"background"});
  std::string events;
  std::map<std::uint64_t, bool> held;
  for (int i = 0; i < 4000; ++i) {
    const std::uint64_t order = random.below(4);
    const std::uint64_t first = random.below(200) << order;
    const bool takes = random.below(2) == 0;
    events += fmt::format("{} {} {:x} {} {} {}\n", random.below(5), takes ? 'A' : 'F', first, 1U << order,
                          takes ? (random.below(2) == 0 ? "m" : "u") : "-", random.below(3));
    for (std::uint64_t page = first; page < first + (1U << order); ++page) held[page] = takes;
  }
  write_trace("day.trace", events);
  const auto pages = std::count_if(held.begin(), held.end(), [](const auto& page) { return page.second; });
  for (const Policy& policy : policies()) {
    LoadOptions options;
    options.set.push_back({"policy", std::string(policy.name)});
    Seen seen;
    run("background: [{trace: day.trace}]\n", seen, options);
    EXPECT_EQ(seen.held()["background day"], static_cast<std::uint64_t>(pages)) << policy.name;
    EXPECT_TRUE(seen.refused.empty());
  }
}

TEST_F(Recorded, AShareIsDrawnFromTheSeed) {
  std::string events;
  for (int i = 0; i < 1000; ++i) events += fmt::format("1 A {:x} 1 m 0\n", i);
  write_trace("day.trace", events);
  std::set<std::uint64_t> fingerprints;
  for (const std::uint64_t seed : {1U, 2U, 1U}) {
    LoadOptions options;
    options.seed = seed;
    Seen seen;
    fingerprints.insert(run("background: [{trace: day.trace, share_percent: 30}]\n", seen, options));
    EXPECT_GT(seen.held()["background day"], 230u);
    EXPECT_LT(seen.held()["background day"], 370u);
  }
  EXPECT_EQ(fingerprints.size(), 2u);
}

TEST_F(Recorded, ACopyInTheMiddleGoesOnAlike) {
  const std::string text =
      "until: 5s\nmachine: {regions: [{name: ram, base: 1MiB, size: 512MiB}]}\n"
      "background: [{trace: " +
      std::string(MEMSIM_SOURCE_DIR) + "/traces/build.trace.xz, repeat: 0}]\n" + kSleeper;
  World world = world_of(text + "  - {name: q, program: [sleep: 2s]}\n");
  ASSERT_TRUE(world.run_until(SimTime(300'000'000)));
  ASSERT_TRUE(world.can_be_copied());
  World copy = world;
  world.run();
  copy.run();
  EXPECT_EQ(world.records().fingerprint(), copy.records().fingerprint());
  EXPECT_GT(world.event_count(), 1000u);
}

TEST_F(Recorded, MovablePagesMoveOutOfTheWayAndAreGivenBackWhereTheyAre) {
  // Every other frame of 16 is taken, movable; eight in one run are then asked for.
  std::string events;
  for (int i = 0; i < 16; ++i) events += fmt::format("0 A {:x} 1 m 0\n", i);
  for (int i = 0; i < 16; i += 2) events += fmt::format("0 F {:x} 1 - 0\n", i);
  for (int i = 1; i < 16; i += 2) events += fmt::format("{} F {:x} 1 - 0\n", i == 1 ? 5'000'000 : 0, i);
  write_trace("day.trace", events);
  Seen seen;
  run("machine: {regions: [{name: ram, base: 1MiB, size: 16pages}], contiguous_failure: defragment}\n"
      "background: [{trace: day.trace}]\n"
      "processes:\n"
      "  - name: camera\n"
      "    start: 1ms\n"
      "    program:\n"
      "      - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}\n"
      "        as: fd\n"
      "      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON|SHMCTL_PHYS, size: 8pages}\n"
      "      - sleep: 20ms\n",
      seen);
  ASSERT_EQ(seen.moved.size(), 1u);
  EXPECT_EQ(seen.names[seen.moved.begin()->first], "background day");
  EXPECT_TRUE(seen.refused.empty());
  EXPECT_TRUE(seen.owners.empty()) << "camera has ended, and each page came back from where it was moved to";
}

TEST_F(Recorded, TheRecordedDayMakesWayForTheCameraWhereItMay) {
  for (const bool moves : {true, false}) {
    LoadOptions options;
    if (!moves) options.set.push_back({"machine.contiguous_failure", "none"});
    const HostResult<Scenario> scenario = load_scenario(MEMSIM_SOURCE_DIR "/scenarios/recorded_day.yaml", options);
    ASSERT_TRUE(scenario) << render(scenario.error(), Colour::off);
    HostResult<World> world = World::create(scenario->world, find_deadlocks);
    ASSERT_TRUE(world);
    Seen seen;
    world->records().subscribe(seen);
    world->run();
    world->check_invariants();
    EXPECT_EQ(seen.moved.empty(), !moves);
    for (const auto& [object, count] : seen.moved) EXPECT_EQ(seen.names[object], "background runtimes");
    EXPECT_EQ(seen.refused.empty(), moves);
    for (const auto& [object, count] : seen.refused) EXPECT_FALSE(seen.names[object].starts_with("background"));
  }
}

TEST_F(Recorded, ATraceOfTheStartsMachineGivesBackWhatWasHeldThere) {
  write_trace("day.trace", "1 F 1000 2 - 0\n1 A 1000 1 m 0\n1 F 2000 1 - 0\n");
  const std::string text = machine("{held: [{base: 0x1000000, size: 16KiB}]}");
  Seen with;
  run(text + "background: [{trace: day.trace, frees_start: true}]\n", with);
  EXPECT_EQ(with.held(), (std::map<std::string, std::uint64_t>{{"background day", 1}, {"held at the start", 2}}));
  Seen without;
  run(text + "background: [{trace: day.trace}]\n", without);
  EXPECT_EQ(without.held()["held at the start"], 4u);
}

TEST_F(Recorded, ATraceStandsForTheScenarioThatHasNothingElse) {
  static_cast<void>(
      files.write("day.trace", "memsim-trace 1 text\npages 100 500\nevents\n1 A 100 4 m 0\n1 F 100 1 - 0\nend\n"));
  const HostResult<Scenario> scenario = load_scenario(files.path("day.trace"));
  ASSERT_TRUE(scenario) << render(scenario.error(), Colour::off);
  ASSERT_EQ(scenario->world.memory.regions.size(), 1u);
  EXPECT_EQ(scenario->world.memory.regions[0].base, PhysAddr(0x100000));
  EXPECT_EQ(scenario->world.memory.regions[0].size, Bytes(0x400000));
  HostResult<World> world = World::create(scenario->world, nullptr);
  ASSERT_TRUE(world);
  Seen seen;
  world->records().subscribe(seen);
  EXPECT_EQ(world->run(), StopReason::finished);
  EXPECT_EQ(seen.held(), (std::map<std::string, std::uint64_t>{{"background day", 3}}));
  LoadOptions options;
  options.set.push_back({"machine.regions[0].size", "8MiB"});
  const HostResult<Scenario> larger = load_scenario(files.path("day.trace"), options);
  ASSERT_TRUE(larger) << render(larger.error(), Colour::off);
  EXPECT_EQ(larger->world.memory.regions[0].size, Bytes(0x800000));
  EXPECT_NE(larger->content, 0u);
  EXPECT_FALSE(load_scenario(files.path("none.trace.xz")));
}

TEST_F(Recorded, ABackgroundWithoutEndPutsOffNoEnd) {
  write_trace("day.trace", "100000 A 1 1 m 0\n100000 F 1 1 - 0\n");
  World world = world_of("background: [{trace: day.trace, repeat: 0}]\n" + std::string(kSleeper));
  EXPECT_EQ(world.run(), StopReason::finished);
  EXPECT_GE(world.now(), SimTime(1'000'000));
  EXPECT_LT(world.now(), SimTime(2'000'000));
}

// One with more events than are kept for the run.
TEST_F(Recorded, ATraceThatGoesAwayStopsTheRun) {
  std::string events;
  for (int i = 0; i <= 1 << 20; ++i) events += "1 F 1 1 - 0\n";
  write_trace("day.trace", events);
  World world = world_of("background: [{trace: day.trace}]\n");
  std::filesystem::remove(files.path("day.trace"));
  world.run();
  ASSERT_FALSE(world.failure().empty());
  EXPECT_THAT(render(world.failure(), Colour::off), HasSubstr("day.trace"));
}

TEST_F(Recorded, WhatIsWrongWithABackgroundIsToldAtItsPlace) {
  write_trace("day.trace", "1 A 1 1 m 0\n");
  write_trace("zone.trace", "1 a 1 1 m 0\n");
  write_trace("bad.trace", "1 A 1 1 m 0\n1 A 1 3000000000 m 0\n");
  static_cast<void>(files.write("16k.trace", "memsim-trace 1 text\npage_size 16384\nevents\n1 A 1 1 m 0\nend\n"));
  static_cast<void>(files.write("cut.trace", "memsim-trace 1 text\nevents\n1 A 1 1 m 0\n"));
  const auto told = [&](const std::string& item) { return complaint("background: [" + item + "]\n" + kSleeper); };
  EXPECT_EQ(told("{trace: day.trace}"), "");
  EXPECT_THAT(told("{}"), HasSubstr("a background needs the key 'trace'"));
  EXPECT_THAT(told("{trace: none.trace}"), HasSubstr("none.trace"));
  EXPECT_THAT(told("{trace: bad.trace}"), HasSubstr("bad.trace:4:"));
  EXPECT_THAT(told("{trace: cut.trace}"), HasSubstr("cut.trace"));
  EXPECT_THAT(told("{trace: zone.trace}"), HasSubstr("x.yaml:2:22: error: no page is taken or given back"));
  EXPECT_THAT(told("{trace: 16k.trace}"), HasSubstr("the pages of this trace have 16 KiB"));
  EXPECT_THAT(told("{trace: day.trace, region: rom}"), HasSubstr("there is no region 'rom'"));
  EXPECT_THAT(told("{trace: day.trace, speed_percent: 0}"), HasSubstr("speed_percent"));
  EXPECT_THAT(told("{trace: day.trace, frees_start: true}"), HasSubstr("nothing is in use at the start"));
  EXPECT_THAT(told("{trace: day.trace}, {trace: day.trace}"), HasSubstr("there is another background 'day'"));
  LoadOptions refusing;
  refusing.files = FileAccess::refuse;
  EXPECT_THAT(render(load("background: [{trace: day.trace}]\n", refusing).error(), Colour::off),
              HasSubstr("may not read files"));
}

}  // namespace
}  // namespace memsim::test
