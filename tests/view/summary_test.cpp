#include <memsim/view/summary.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "view/run_of_records.hpp"

namespace memsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A stream with a summary subscribed and one process, "client", running.
class SummaryOf : public testing::Test {
 protected:
  SummaryOf() { subscribe({}); }

  void subscribe(const SummaryLimits& limits) {
    stream_ = RecordStream();
    view_ = SummaryView(limits);
    stream_.subscribe(view_);
    view_test::publish_head(stream_);
  }
  [[nodiscard]] Summary summary() const { return view_.summary(stream_); }
  void fail(std::uint64_t time, Call call, Errno error) {
    view_test::at(stream_, time);
    stream_.publish(view_test::message(call, time, error));
  }

  RecordStream stream_;
  SummaryView view_;
};

TEST_F(SummaryOf, FailedCallsAreGroupedAndSortedByTheirFirst) {
  fail(10, Call::shm_ctl, Errno::enomem);
  fail(20, Call::close, Errno::ebadf);
  fail(30, Call::shm_ctl, Errno::enomem);
  const Summary result = summary();
  ASSERT_EQ(result.failed_calls.size(), 2u);
  EXPECT_EQ(result.failed_calls[0].call, Call::shm_ctl);
  EXPECT_EQ(result.failed_calls[0].count, 2u);
  EXPECT_EQ(result.failed_calls[0].first_time, SimTime(10));
  EXPECT_EQ(result.failed_calls[1].process, "client");
}

TEST_F(SummaryOf, AKernelCallThatFailsCountsAsFailedToo) {
  stream_.publish(CallCompleted{ProcessId(2), ThreadId(1), Call::connect_attach, 10, SimTime(0), -1, Errno::esrch});
  const Summary result = summary();
  ASSERT_EQ(result.failed_calls.size(), 1u);
  EXPECT_EQ(result.failed_calls[0].error, Errno::esrch);
  EXPECT_EQ(result.kernel_calls, 1u);
  EXPECT_THAT(result.messages, IsEmpty());
}

TEST_F(SummaryOf, MessagesAreGroupedByTypeAndPriority) {
  auto message = view_test::message(Call::msg_send, 0);
  for (const unsigned type : {0x100u, 0x101u, 0x100u}) {
    message.type = static_cast<std::uint16_t>(type);
    stream_.publish(message);
  }
  message.priority = 63;
  stream_.publish(message);
  std::vector<std::uint64_t> counts;
  for (const MessageSummary& group : summary().messages) counts.push_back(group.latency.count());
  EXPECT_THAT(counts, ElementsAre(2, 1, 1)) << "0x100 at 10, and at 63; 0x101";
}

TEST_F(SummaryOf, TheTypeFieldOfOtherCallsDoesNotSplitThem) {
  auto message = view_test::message(Call::close, 0);
  stream_.publish(message);
  message.type = 7;
  stream_.publish(message);
  EXPECT_EQ(summary().messages.size(), 1u);
}

TEST_F(SummaryOf, GroupsBeyondTheLimitAreFoldedIntoOne) {
  subscribe({.groups = 2});
  auto message = view_test::message(Call::msg_send, 0, Errno::einval);
  for (unsigned type = 0; type < 5; ++type) {
    message.type = static_cast<std::uint16_t>(type);
    stream_.publish(message);
  }
  const Summary result = summary();
  ASSERT_EQ(result.messages.size(), 3u);
  EXPECT_TRUE(result.messages.back().other);
  EXPECT_EQ(result.messages.back().latency.count(), 3u);
}

TEST_F(SummaryOf, ListsKeepTheirFirstAndCountAll) {
  subscribe({.notes = 2});
  for (int i = 0; i < 5; ++i) stream_.publish(Note{ProcessId(2), ThreadId(1), i == 0 ? "first" : "later"});
  const Summary result = summary();
  EXPECT_EQ(result.notes.count, 5u);
  ASSERT_EQ(result.notes.first.size(), 2u);
  EXPECT_EQ(result.notes.first[0].text, "first");
}

TEST_F(SummaryOf, CutRepliesNameTheSizeThatWouldHaveSufficed) {
  view_test::publish_cut_reply(stream_);
  view_test::publish_cut_reply(stream_);
  const Summary result = summary();
  ASSERT_EQ(result.cut_replies.size(), 1u);
  EXPECT_EQ(result.cut_replies[0].count, 2u);
  EXPECT_EQ(result.cut_replies[0].sufficient_size(), Bytes(48));
  EXPECT_THAT(warnings(result), ElementsAre(HasSubstr("2 replies to _MEM_OBJ_INFO cut short")));
}

TEST_F(SummaryOf, BeforeIsTheFirstSampleAndAfterTheLast) {
  view_test::at(stream_, 10);
  view_test::publish_sample(stream_, SamplePoint::periodic, 3, 2, {1, 1, 0, 0});
  view_test::publish_sample(stream_, SamplePoint::end, 5, 4, {1, 0, 1, 0});
  const RegionSummary region = summary().regions.at(0);
  EXPECT_EQ(region.before->free, FrameCount(8));
  EXPECT_EQ(region.after->free, FrameCount(5));
}

TEST_F(SummaryOf, AProbeRemembersItsFirstFailure) {
  for (const bool success : {true, false, true, false}) {
    stream_.publish(ProbeResult{SamplePoint::periodic, "p", success});
    view_test::at(stream_, stream_.now().value() + 5);
  }
  const Summary result = summary();
  ASSERT_EQ(result.probes.size(), 1u);
  EXPECT_EQ(result.probes[0].samples, 4u);
  EXPECT_EQ(result.probes[0].failures, 2u);
  EXPECT_EQ(result.probes[0].first_failure, SimTime(5));
}

TEST_F(SummaryOf, DeadlocksFaultsAndCapsAreWarnedAbout) {
  const std::array members = {ThreadRef{ProcessId(2), ThreadId(1)}, ThreadRef{ProcessId(1), ThreadId(3)}};
  stream_.publish(DeadlockFound{members});
  stream_.publish(ProgramFault{ProcessId(2), ThreadId(1), 12, "division by zero"});
  stream_.publish(RunEnded{StopReason::event_cap, 5, 0});
  Summary result = summary();
  result.cap_reached = "limits.events";
  EXPECT_THAT(warnings(result),
              ElementsAre("deadlock at 0 ns: client (pid 2, tid 1) -> memmgr (pid 1, tid 3) -> client",
                          "client (tid 1): program fault at 0 ns, line 12: division by zero",
                          "the run was stopped by a cap (event_cap) at 0 ns; raise limits.events to go on"));
}

TEST_F(SummaryOf, RequestsThatAnOptionOfThePolicyRefusedAreWarnedAbout) {
  AllocationFailed failed;
  failed.frames = FrameCount(17);
  failed.option = "top_order";
  stream_.publish(failed);
  stream_.publish(failed);
  failed.option = {};
  stream_.publish(failed);
  const Summary result = summary();
  ASSERT_EQ(result.option_refusals.size(), 1u);
  EXPECT_EQ(result.option_refusals[0].count, 2u);
  EXPECT_EQ(result.option_refusals[0].first_frames, FrameCount(17));
  EXPECT_THAT(warnings(result), ElementsAre(HasSubstr("2 requests refused by option 'top_order' of the policy")));
}

TEST_F(SummaryOf, ANameOfADeadProcessIsStillKnown) {
  stream_.publish(ProcessExited{ProcessId(2), ExitCause::killed});
  fail(10, Call::close, Errno::esrch);
  EXPECT_EQ(summary().failed_calls.at(0).process, "client");
  EXPECT_EQ(summary().processes_killed, 1u);
}

}  // namespace
}  // namespace memsim
