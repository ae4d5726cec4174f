// Replay: by identity, and under every policy against an array of pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include <memsim/replay/comparison.hpp>
#include <memsim/replay/replay.hpp>

#include "replay/decay_clock.hpp"
#include "replay/files.hpp"

namespace memsim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kData = std::string(MEMSIM_SOURCE_DIR) + "/traces/";
constexpr std::array<const char*, 3> kCuts = {"build", "fileio", "runtimes"};

RecordedState start_of(const std::string& name) {
  HostResult<RecordedState> state = read_recorded_state(kData + name + ".before", "Normal");
  EXPECT_TRUE(state) << render(state.error(), Colour::off);
  const HostResult<void> inferred = infer_from_trace(*state, **open_trace(kData + name + ".trace.xz"));
  EXPECT_TRUE(inferred) << render(inferred.error(), Colour::off);
  return *state;
}

// A replay of text in fresh memory of a thousand frames.
class Small {
 public:
  explicit Small(const std::string& lines, const std::string& policy = "buddy", std::uint64_t frames = 1024) {
    const std::string path = files_.write("t", "memsim-trace 1 text\nevents\n" + lines + "end\n");
    HostResult<Replay> made = Replay::create_fresh({FrameNumber(0), FrameCount(frames)}, {.policy = policy});
    EXPECT_TRUE(made);
    const HostResult<void> ran = made->run(**open_trace(path), nullptr);
    EXPECT_TRUE(ran) << render(ran.error(), Colour::off);
    counts = made->counts();
    free = made->allocator().free_frames().count();
    made->allocator().check_invariants();
  }
  ReplayCounts counts;
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
  EXPECT_EQ(run.counts.unknown_frames, 3U) << "two behind the block, and one that came back before";
  EXPECT_EQ(run.free, 1022U);
}

TEST(Replay, APageThatIsTakenAgainWasGivenBackUnseen) {
  const Small run("0 A 10 4 u 0\n0 A 12 1 u 0\n");
  EXPECT_EQ(run.counts.replaced_frames, 1U);
  EXPECT_EQ(run.free, 1020U);
}

TEST(Replay, PartsOfABlockComeBackOnTheirOwn) {
  for (const Policy& policy : policies()) {
    const Small run("0 A 10 4 u 0\n0 F 11 1 - 0\n0 F 13 1 - 0\n0 F 10 1 - 0\n0 F 12 1 - 0\n", std::string(policy.name));
    EXPECT_EQ(run.free, 1024U) << policy.name;
  }
}

TEST(Replay, ScatteredAndAlignedRequestsAreServedAsSuch) {
  const Small run("0 A 0 1 u 0\n0 A 100 700 u 0 scattered\n0 A 1000 4 u 0 align=6\n0 F 100 700 - 0\n");
  EXPECT_EQ(run.counts.refused, 0U);
  EXPECT_EQ(run.free, 1019U);
}

// A block larger than any that the kernel has, whole in the recording's numbers.
TEST(Replay, AHugeReleaseComesBackWhole) {
  const Files files;
  static_cast<void>(files.write("s.blocks", "# zone Normal 0 10000\n8000 9 Normal 1\n"));
  const std::string trace = files.write("t", "0 F 0 14 - - 0\n0 F 0 31 - - 0\n");
  for (const Policy& policy : policies()) {
    HostResult<Replay> replay =
        Replay::create(*read_recorded_state(files.path("s"), "Normal"), {.policy = std::string(policy.name)});
    if (!replay) continue;
    ASSERT_TRUE(replay->run(**open_trace(trace), nullptr));
    EXPECT_EQ(replay->allocator().free_frames().count(), (std::uint64_t{1} << 14) + 512) << policy.name;
    EXPECT_EQ(replay->counts().outside, 1U);
    replay->allocator().check_invariants();
  }
}

TEST(Replay, ListsOfAnotherShapeAreRefused) {
  const Files files;
  const auto complaint = [&](const std::string& blocks, const std::string& cached) {
    static_cast<void>(files.write("s.blocks", "# zone Normal 0 800000\n" + blocks));
    static_cast<void>(files.write("s.pcp", cached));
    const HostResult<Replay> replay = Replay::create(*read_recorded_state(files.path("s"), "Normal"), {});
    return replay ? "" : render(replay.error(), Colour::off);
  };
  EXPECT_EQ(complaint("8000 10 Normal 1\n", "10 3 Normal 1 0\n"), "");
  EXPECT_THAT(complaint("8000 11 Normal 1\n", ""), HasSubstr("the top order is 10"));
  EXPECT_THAT(complaint("8000 10 Normal 1\n", "10 4 Normal 1 0\n"), HasSubstr("a block of order 4"));
}

TEST(Replay, AStartStateIsWhatWasRecordedBlockByBlock) {
  for (const char* const name : kCuts) {
    const RecordedState start = start_of(name);
    const HostResult<Replay> replay = Replay::create(start, {});
    ASSERT_TRUE(replay);
    const LinuxFreeLists lists = *linux_free_lists(replay->allocator());
    const ListComparison same = compare_lists(start, replay->allocator(), false);
    EXPECT_EQ(same.equal_positions, start.lists.blocks.size()) << name;
    EXPECT_EQ(same.unusable_error_millionths, 0U);
    EXPECT_EQ(lists.cached, start.lists.cached);
    EXPECT_EQ(lists.high, start.lists.high);
  }
}

// What a page of the recording is, by the rules of replay.hpp alone: an array of pages, without a policy.
class PageArray {
 public:
  explicit PageArray(const RecordedState& start)
      : first_(start.extent.first.value()), held_(start.extent.count.count(), true) {
    for (const auto& block : start.lists.blocks) fill(block.first.value(), block.order.frames().count(), false);
    for (const auto& block : start.lists.cached) fill(block.first.value(), block.order.frames().count(), false);
  }
  void play(const TraceEvent& event) {
    const std::uint64_t at = event.first.value();
    if (at < first_ || at + event.count > first_ + held_.size()) return;
    if (event.op == TraceOp::allocate) fill(at, event.count, true);
    if (event.op == TraceOp::release) fill(at, event.count, false);
  }
  [[nodiscard]] std::uint64_t free() const {
    return static_cast<std::uint64_t>(std::count(held_.begin(), held_.end(), false));
  }

 private:
  void fill(std::uint64_t at, std::uint64_t count, bool held) {
    for (std::uint64_t i = 0; i < count; ++i) held_[at - first_ + i] = held;
  }
  std::uint64_t first_;
  std::vector<bool> held_;
};

class ReplayOfACut : public ::testing::TestWithParam<const char*> {};

// Memory never runs out in the recordings, so whatever places a policy chooses, as many pages are free.
TEST_P(ReplayOfACut, KeepsTheBooksOfAnArrayOfPagesUnderEveryPolicy) {
  const std::string trace = kData + GetParam() + ".trace.xz";
  const RecordedState start = start_of(GetParam());
  PageArray pages(start);
  for (const TraceEvent& event : events_of(trace)) pages.play(event);
  for (const Policy& policy : policies()) {
    HostResult<Replay> replay =
        Replay::create(start, {.policy = std::string(policy.name), .sample_every = SimDuration()});
    ASSERT_TRUE(replay) << policy.name;
    ASSERT_TRUE(replay->run(**open_trace(trace), nullptr));
    replay->allocator().check_invariants();
    const ReplayCounts& counts = replay->counts();
    EXPECT_EQ(replay->allocator().free_frames().count(),
              pages.free() + counts.refused_frames - counts.passed_over_frames)
        << policy.name;
  }
}

INSTANTIATE_TEST_SUITE_P(OfEachTrace, ReplayOfACut, ::testing::ValuesIn(kCuts));

TEST(Replay, TheZoneOfLinuxTakesTheKernelsBlocks) {
  const std::map<std::string, std::uint64_t> different = {{"build", 0}, {"fileio", 0}, {"runtimes", 0}};
  for (const char* const name : kCuts) {
    HostResult<Replay> replay = Replay::create(start_of(name), {.layer = TraceLayer::zone});
    ASSERT_TRUE(replay);
    ASSERT_TRUE(replay->run(**open_trace(kData + name + ".trace.xz"), nullptr));
    EXPECT_LE(replay->counts().allocations - replay->counts().same_place, different.at(name)) << name;
  }
}

TEST(Replay, TwoRunsDecideAlikeAndReadingAheadChangesNothing) {
  const RecordedState start = start_of("runtimes");
  std::vector<std::uint64_t> fingerprints;
  for (const bool is_ahead : {false, true}) {
    HostResult<Replay> replay = Replay::create(start, {});
    ASSERT_TRUE(replay);
    std::unique_ptr<TraceReader> trace = std::move(*open_trace(kData + "runtimes.trace.xz"));
    if (is_ahead) trace = read_ahead(std::move(trace));
    ASSERT_TRUE(replay->run(*trace, nullptr));
    fingerprints.push_back(replay->fingerprint());
  }
  EXPECT_EQ(fingerprints[0], fingerprints[1]);
}

TEST(Replay, WrongOptionsAreTold) {
  const Extent memory{FrameNumber(0), FrameCount(64)};
  EXPECT_THAT(render(Replay::create_fresh(memory, {.policy = "lunix"}).error(), Colour::off),
              HasSubstr("did you mean linux?"));
  EXPECT_FALSE(Replay::create_fresh(memory, {.policy = "linux", .policy_options = {{"pcp", "maybe"}}}));
  EXPECT_THAT(render(Replay::create_fresh(
                         memory, {.policy = "linux", .policy_options = {{"pcp", "on"}}, .layer = TraceLayer::zone})
                         .error(),
                     Colour::off),
              HasSubstr("leave out pcp"));
}

std::vector<std::uint64_t> turns(DecayClock& clock, std::size_t count) {
  std::vector<std::uint64_t> milliseconds;
  for (std::size_t i = 0; i < count; ++i) {
    milliseconds.push_back(clock.next().value() / 1'000'000);
    static_cast<void>(clock.pass());
  }
  return milliseconds;
}
constexpr SimTime ms(std::uint64_t value) { return SimTime(value * 1'000'000); }

TEST(DecayClock, FallsOnWholeSecondsWhereNothingIsShown) {
  DecayClock clock;
  EXPECT_EQ(clock.next(), never());
  clock.meet(CpuId(0), ms(1500));
  EXPECT_THAT(turns(clock, 3), ElementsAre(2000, 3000, 4000));
}

TEST(DecayClock, TakesShownMomentsAndKeepsThePhaseOfMost) {
  DecayClock clock({{ms(2110), ms(4100), ms(5350)}});
  clock.meet(CpuId(0), ms(0));
  EXPECT_THAT(turns(clock, 6), ElementsAre(110, 1110, 2110, 3110, 4100, 5350)) << "the last one came late";
  EXPECT_EQ(clock.next(), ms(6110)) << "which moves none behind it";
}

TEST(DecayClock, EachProcessorHasItsOwn) {
  DecayClock clock({{}, {ms(500)}});
  clock.meet(CpuId(1), ms(0));
  EXPECT_EQ(clock.next(), ms(500));
  EXPECT_EQ(clock.pass(), CpuId(1));
  EXPECT_EQ(clock.next(), ms(1000));
  EXPECT_EQ(clock.pass(), CpuId(0));
}

}  // namespace
}  // namespace memsim
