// What each shipped scenario must show. A scenario that no test names fails the tidy test.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memsim/campaign/expectations.hpp>
#include <memsim/view/explanation.hpp>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr Bytes kPage{4096};

bool covers_in_order(const std::vector<Segment>& segments, Bytes size) {
  Bytes next;
  for (const Segment& segment : segments) {
    if (segment.offset != next) return false;
    next = segment.end();
  }
  return next == size;
}

class ShippedScenario : public testing::TestWithParam<const char*> {};

TEST_P(ShippedScenario, LivesUpToItsOwnExpectations) {
  LoadOptions options;
  if (std::string_view(GetParam()) == "camera_day") options.until = "1h";  // what it expects holds of any part
  const auto scenario = load_scenario(fmt::format(MEMSIM_SOURCE_DIR "/scenarios/{}.yaml", GetParam()), options);
  ASSERT_TRUE(scenario) << render(scenario.error(), Colour::off);
  ASSERT_FALSE(scenario->expect.empty());
  ExpectationView view(scenario->expect);
  World world = make_world(scenario->world);
  world.records().subscribe(view);
  world.run();
  const std::vector<Diagnostic> failed = failed_expectations(scenario->expect, view.verdicts());
  EXPECT_TRUE(failed.empty()) << render(failed, Colour::off);
}

INSTANTIATE_TEST_SUITE_P(All, ShippedScenario,
                         testing::Values("mem_obj_info", "mem_obj_info_fragmented", "mem_obj_info_short_reply",
                                         "refused", "mem_offset_versus_mem_obj_info", "half_freed", "camera_day",
                                         "iommu_gather", "below4g_exhausted", "priority_inheritance", "death_in_send",
                                         "deadlock", "defragment", "dma_descriptors", "two_days", "driver",
                                         "recorded_day", "camera_cma"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(ShippedScenarios, WithoutInheritanceTheUrgentClientMissesWhatIsExpected) {
  LoadOptions without;
  without.set.push_back({"semantics.memmgr_priority_inheritance", "false"});
  const auto scenario = load_scenario(MEMSIM_SOURCE_DIR "/scenarios/priority_inheritance.yaml", without);
  ASSERT_TRUE(scenario);
  ExpectationView view(scenario->expect);
  World world = make_world(scenario->world);
  world.records().subscribe(view);
  world.run();
  const std::vector<Diagnostic> failed = failed_expectations(scenario->expect, view.verdicts());
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_THAT(failed[0].message, StartsWith("latency of shm_open of high: 100 us to 5 ms; found "));
}

TEST(ShippedScenarios, MemObjInfoShowsOneSegmentAndTheEnd) {
  const Outcome run = run_file("mem_obj_info.yaml");
  ASSERT_EQ(run->replies.size(), 1u);
  EXPECT_EQ(run->replies[0].segments.size(), 1u);
  EXPECT_TRUE(covers_in_order(run->replies[0].segments, kPage * 8));
  EXPECT_FALSE(run->replies[0].record.cut);
  EXPECT_THAT(run->note_texts(), ElementsAre("We reached the end of the shared memory object."));
}

TEST(ShippedScenarios, MemObjInfoFragmentedShowsEightSegments) {
  const Outcome run = run_file("mem_obj_info_fragmented.yaml");
  ASSERT_EQ(run->replies.size(), 1u);
  const std::vector<Segment>& segments = run->replies[0].segments;
  EXPECT_EQ(segments.size(), 8u);
  EXPECT_TRUE(covers_in_order(segments, kPage * 8));
  for (const Segment& segment : segments) EXPECT_EQ(segment.length, kPage);
  EXPECT_THAT(run->note_texts(), ElementsAre("We reached the end of the shared memory object."));
}

TEST(ShippedScenarios, MemObjInfoShortReplyIsCutAndThenContinued) {
  const Outcome run = run_file("mem_obj_info_short_reply.yaml");
  ASSERT_EQ(run->replies.size(), 9u);
  EXPECT_TRUE(run->replies[0].record.cut);
  EXPECT_EQ(run->replies[0].record.in_range, 8u);
  EXPECT_EQ(run->replies[0].segments.size(), 1u);
  std::vector<Segment> all;
  for (std::size_t i = 1; i < run->replies.size(); ++i) all.push_back(run->replies[i].segments.at(0));
  EXPECT_TRUE(covers_in_order(all, kPage * 8));
  EXPECT_THAT(run->note_texts(), Contains("8 segments in 8 messages"));
}

TEST(ShippedScenarios, RefusedShowsTheErrnoOfEachRefusal) {
  const Outcome run = run_file("refused.yaml");
  std::vector<Errno> errors;
  for (const auto& call : run->replied) {
    if (call.record.call == Call::mem_obj_info) errors.push_back(call.record.error);
  }
  EXPECT_THAT(errors,
              ElementsAre(Errno::enodev, Errno::enodev, Errno::enodev, Errno::ebadf, Errno::enodev, Errno::enodev));
  EXPECT_THAT(run->replies, IsEmpty());
}

TEST(ShippedScenarios, MemOffsetVersusMemObjInfoAgreeAndTheMessageIsCheaperForMany) {
  const Outcome run = run_file("mem_offset_versus_mem_obj_info.yaml");
  const std::vector<std::string> notes = run->note_texts();
  ASSERT_EQ(notes.size(), 8u);
  const char* const segments[] = {"1", "16", "256", "4096"};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string count = segments[i];
    EXPECT_THAT(notes[2 * i], StartsWith(count + " segments: mem_offset64 found " + count + " in"));
    EXPECT_EQ(notes[2 * i + 1], "0 pages with different answers");
  }
}

TEST(ShippedScenarios, HalfFreedRefusesEightContiguousKibWithHalfOfMemoryFree) {
  const Outcome run = run_file("half_freed.yaml");
  EXPECT_THAT(run->note_texts(), Contains("8 KiB contiguous, errno 12"));
  EXPECT_THAT(run->note_texts(), Contains("8 KiB in pieces, errno 0"));
  ASSERT_FALSE(run->failures.empty());
  const AllocationFailed& failure = run->failures.back().record;
  EXPECT_TRUE(failure.contiguous);
  EXPECT_EQ(failure.free, FrameCount(2048));
  EXPECT_EQ(failure.largest_free_run, FrameCount(1));
  ASSERT_EQ(run->replies.size(), 1u);
  EXPECT_EQ(run->replies[0].segments.size(), 2u);
}

TEST(ShippedScenarios, DefragmentServesByMovingWhatNoDefragIsRefused) {
  const Outcome run = run_file("defragment.yaml");
  EXPECT_THAT(run->note_texts(), ElementsAre(StartsWith("1 MiB with SHMCTL_NODEFRAG, errno 12 after "),
                                             StartsWith("1 MiB, errno 0 after ")));
  std::vector<SimDuration> latencies;
  for (const auto& call : run->replied) {
    if (call.record.call == Call::shm_ctl && call.record.priority == 20) {
      latencies.push_back(call.time - call.record.sent);
    }
  }
  ASSERT_EQ(latencies.size(), 2u);
  const CostModel costs;
  EXPECT_GT(latencies[1], latencies[0] + costs.frame_move * 16 + costs.frame_zero * 256);
  ASSERT_EQ(run->replies.size(), 1u);
  EXPECT_EQ(run->replies[0].segments.size(), 1u);
  EXPECT_EQ(run->moved_frames, FrameCount(16));

  LoadOptions none;
  none.set = {{"machine.contiguous_failure", "none"}};
  const Outcome refused = run_file("defragment.yaml", none);
  EXPECT_THAT(refused->note_texts(), Contains(StartsWith("1 MiB, errno 12 after ")));
  EXPECT_EQ(refused->moved_frames, FrameCount());
}

// What --explain says would have served is what the memory manager does where it may.
TEST(ShippedScenarios, DefragmentMovesWhatTheExplanationSays) {
  World world = make_world(load_scenario(MEMSIM_SOURCE_DIR "/scenarios/defragment.yaml")->world);
  ExplainView explained;
  world.records().subscribe(explained);
  const Outcome run = finish(world);
  EXPECT_EQ(run.fingerprint, run_file("defragment.yaml").fingerprint);
  ASSERT_EQ(explained.failures().count, 1u);  // the one with SHMCTL_NODEFRAG
  const FailureExplanation& failure = explained.failures().first[0];
  EXPECT_EQ(failure.remedy, Remedy::move);
  EXPECT_EQ(failure.range->movable, run->moved_frames);
  EXPECT_EQ(PageSize().address_of(failure.range->range.first), run->replies.at(0).segments.at(0).paddr);
  EXPECT_EQ(failure.owners.first.at(0).process, "worker");
}

TEST(ShippedScenarios, CameraDayChurnsAndProbes) {
  LoadOptions an_hour;
  an_hour.until.emplace("1h");
  const Outcome run = run_file("camera_day.yaml", an_hour);
  EXPECT_EQ(run.reason, StopReason::reached_until);
  EXPECT_EQ(run->probes.size(), 62u);  // start, end, and each full minute, the last one included
  EXPECT_GT(run->replied.size(), 300'000u);
  EXPECT_GE(run->replies.size(), 8u);
  for (const KeptReply& reply : run->replies) EXPECT_EQ(reply.record.in_range, 1u);
}

TEST(ShippedScenarios, IommuGatherReadsTheWholeLayoutInRepliesOf64) {
  const Outcome run = run_file("iommu_gather.yaml");
  std::vector<Segment> all;
  std::size_t gathered = 0;
  for (const KeptReply& reply : run->replies) {
    if (reply.record.capacity != 64) continue;
    all.insert(all.end(), reply.segments.begin(), reply.segments.end());
    ++gathered;
  }
  EXPECT_TRUE(covers_in_order(all, Bytes(64 << 20)));
  EXPECT_GT(all.size(), 64u);
  EXPECT_EQ(gathered, (all.size() + 63) / 64);
  EXPECT_THAT(run->note_texts(), Contains(HasSubstr("the device")));
}

TEST(ShippedScenarios, Below4gExhaustedFailsBelowAndServesAbove) {
  const Outcome run = run_file("below4g_exhausted.yaml");
  std::size_t below = 0;
  std::size_t above = 0;
  for (const KeptReply& reply : run->replies) {
    (reply.segments.at(0).paddr < PhysAddr(std::uint64_t{1} << 32) ? below : above) += 1;
  }
  EXPECT_EQ(below, 6u);
  EXPECT_EQ(above, 2u);
  ASSERT_EQ(run->failures.size(), 2u);
  EXPECT_THAT(run->note_texts(), Contains("no 16 MiB below 4 GiB; the largest piece there has 0 bytes"));
}

std::uint64_t shm_open_took(const Outcome& run) {
  for (const std::string& note : run->note_texts()) {
    if (const auto at = note.find("shm_open took "); at != std::string::npos) return std::stoull(note.substr(at + 14));
  }
  ADD_FAILURE() << "the high-priority client did not finish";
  return 0;
}

TEST(ShippedScenarios, PriorityInheritanceBoundsTheDelayOfTheUrgentClient) {
  LoadOptions without;
  without.set.push_back({"semantics.memmgr_priority_inheritance", "false"});
  const std::uint64_t inherited = shm_open_took(run_file("priority_inheritance.yaml"));
  const std::uint64_t starved = shm_open_took(run_file("priority_inheritance.yaml", without));
  EXPECT_GT(inherited, 100'000u);  // the rest of the walk
  EXPECT_LT(inherited, 5'000'000u);
  EXPECT_GT(starved, 50'000'000u);  // and the middle process's 50 ms
}

TEST(ShippedScenarios, DeathInSendUnblocksEveryPeerAndKeepsNamedObjects) {
  const Outcome run = run_file("death_in_send.yaml");
  const std::vector<std::string> notes = run->note_texts();
  EXPECT_THAT(notes, Contains("the reply to a dead client gave errno 3"));
  EXPECT_EQ(std::count(notes.begin(), notes.end(), "MsgSend gave -1, errno 3"), 3);
  EXPECT_THAT(notes, Contains("/survives outlived its creator: 1 segment of 65536 bytes"));
}

TEST(ShippedScenarios, DeadlockNamesItsMembers) {
  const Outcome run = run_file("deadlock.yaml");
  ASSERT_EQ(run->deadlocks.size(), 1u);
  std::vector<std::string> members;
  for (const ThreadRef& member : run->deadlocks[0]) members.push_back(run->name_of_process(member.pid));
  EXPECT_THAT(members, ElementsAre("audio", "video", "display"));
  EXPECT_EQ(run->ended.reason, StopReason::deadlock);
}

}  // namespace
}  // namespace memsim::test
