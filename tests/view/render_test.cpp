#include <memsim/view/render.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "view/run_of_records.hpp"

namespace memsim {
namespace {

using testing::HasSubstr;
using testing::Not;

Summary summary_of_run() {
  RecordStream stream;
  SummaryView view;
  stream.subscribe(view);
  view_test::publish_run(stream);
  Summary summary = view.summary(stream);
  summary.scenario = "small.yaml";
  summary.title = "A small run";
  summary.fingerprint = 0xabc;
  return summary;
}

constexpr std::string_view kText = R"(small.yaml: A small run
memsim 0.1.0, seed 42, policy buddy with placement=lowest, top_order=18, pages of 4 KiB, 1 cpu
overridden: seed=42

No memory was asked for.
A request as probed by two_pages would have been refused at 1 of 2 samples, the first at 6 us.
ram was at its worst at 6 us: 20 KiB of 32 KiB free, in runs of at most 20 KiB.
Warning: client: reply to _MEM_OBJ_INFO cut short at 4 us: room for 1 of 2 segments; 48 bytes would
  have sufficed

Memory over time, from boot to 6 us; the least in each column's 93 ns
 ram  free             |███████████████████████████████████████████████████████████████▅|
      longest free run |███████████████████████████████████████████████████████████████▅|

Memory of ram: 32 KiB from 0x100000, 8 frames
                         before  worst (6 us)   after
 free                    32 KiB        20 KiB  20 KiB
 free frames                  8             5       5
 free runs                    1             1       1
 longest run             32 KiB        20 KiB  20 KiB
 external fragmentation   0.0 %         0.0 %   0.0 %
 order   block  free: before  worst  after  unusable: before    worst    after
     0   4 KiB             0      1      1             0.0 %    0.0 %    0.0 %
     1   8 KiB             0      0      0             0.0 %   20.0 %   20.0 %
     2  16 KiB             0      1      1             0.0 %   20.0 %   20.0 %
     3  32 KiB             1      0      0             0.0 %  100.0 %  100.0 %

Memory objects at the end
 1 object, 9.8 KiB asked, 12 KiB given (internal fragmentation 18.6 %)
 2 segments; an object has 2 at least, 2 as median, 2 as P99, 2 at most

Contiguous-allocation probes
 probe      samples  failed   share  first failure
 two_pages        2       1  50.0 %           6 us

Failed calls
 process  call     errno        count  first at
 client   shm_ctl  ENOMEM (12)      1      5 us

Messages, from send to reply
 type           priority  count  failed  median     P99     max
 shm_open             10      1       0  1.5 us  1.5 us  1.5 us
 shm_ctl              10      1       1  500 ns  500 ns  500 ns
 _MEM_OBJ_INFO        10      1       0    1 us    1 us    1 us

Notes
 5 us  client  We reached the end.

Replies to _MEM_OBJ_INFO
 client at 4 us: /myshmem of 12 KiB, offset=0 length=SIZE_MAX: 1 segment of 2, cut short
   offset=0 paddr=100000 len=2000

Ended (finished) after 6 us of simulated time: 2 processes, 17 events, 18 records
Fingerprint 0000000000000abc
)";

TEST(RenderText, AWholeRunReadsLikeThis) { EXPECT_EQ(render_text(summary_of_run()), kText); }

TEST(RenderText, ExpectationsAreCounted) {
  Summary summary = summary_of_run();
  summary.expectations = {{3, 5, true, "deadlock: none", "none"},
                          {4, 5, false, "end of the run: deadlock", "finished"}};
  EXPECT_THAT(render_text(summary), HasSubstr("\nExpectations: 1 of 2 hold\n"));
}

TEST(RenderText, LongListsAreAbbreviatedWithACount) {
  Summary summary = summary_of_run();
  ReplySummary reply = summary.replies.first.front();
  reply.segments.assign(40, Segment{Bytes(0), PhysAddr(0), Bytes(1)});
  reply.delivered = 4096;
  summary.replies.first.assign(20, reply);
  summary.replies.count = 100;
  const std::string text = render_text(summary);
  EXPECT_THAT(text, HasSubstr("   ... and 4088 more\n"));
  EXPECT_THAT(text, HasSubstr(" ... and 96 more (all are in replies.jsonl with --out)\n"));
}

TEST(RenderText, NamesAndNotesCannotDriveTheTerminal) {
  Summary summary = summary_of_run();
  summary.notes.first.front().text = "\x1b[2Jgone\u202e";
  summary.title = "a\x1b]0;title\x07";
  EXPECT_THAT(render_text(summary), Not(HasSubstr("\x1b")));
}

TEST(RenderText, TheCallsThatFailedAlikeInAFleetAreOneRow) {
  Summary summary = summary_of_run();
  summary.failed_calls.clear();
  for (int i = 1; i <= 63; ++i) {
    summary.failed_calls.push_back({"app." + std::to_string(i), Call::shm_ctl, Errno::enomem, 2, SimTime(5000)});
  }
  summary.failed_calls.push_back({"app.1", Call::mmap, Errno::enomem, 1, SimTime(6000)});
  summary.fleets = {{"app", 400}};
  EXPECT_THAT(render_text(summary), HasSubstr(" app: 63 of 400 instances  shm_ctl  ENOMEM (12)    126      5 us\n"
                                              " app.1                     mmap     ENOMEM (12)      1      6 us\n"));
}

TEST(RenderText, BeginsWithWhatWasRefusedAndHowBadItGot) {
  Summary summary = summary_of_run();
  summary.requests = {409, 3, RefusalSummary{SimTime(5000), "app", FrameCount(1024), true, Errno::enomem}};
  const std::string text = render_text(summary);
  const std::size_t answer = text.find(
      "\n\n3 of 412 requests for memory were refused, the first at 5 us: app asked for 4 MiB in one piece and\n"
      "  got ENOMEM.\n"
      "A request as probed by two_pages would have been refused at 1 of 2 samples, the first at 6 us.\n"
      "ram was at its worst at 6 us: 20 KiB of 32 KiB free, in runs of at most 20 KiB.\n"
      "Warning: client: reply to _MEM_OBJ_INFO cut short");
  EXPECT_NE(answer, std::string::npos) << text;
  EXPECT_LT(answer, text.find("\nMemory of ram"));
}

TEST(RenderText, ExplanationsNameAFleetOnce) {
  Summary summary = summary_of_run();
  FailureExplanation failure;
  failure.process = "driver";
  failure.regions = {"ram"};
  failure.remedy = Remedy::nothing_to_move;
  failure.range.emplace();
  const auto add = [&](std::string process, std::uint32_t object, std::string name, std::uint64_t movable,
                       std::uint64_t pinned) {
    FramesInTheWay& owner = failure.owners.first.emplace_back();
    owner.process = std::move(process);
    owner.object = ObjectId(object);
    owner.object_name = std::move(name);
    owner.movable = FrameCount(movable);
    owner.pinned = FrameCount(pinned);
  };
  for (std::uint32_t i = 1; i <= 3; ++i) add("app." + std::to_string(i), i, "", 2, 0);
  add("camera", 9, "/image", 0, 1);
  failure.owners.count = 4;
  summary.contiguous_failures.emplace();
  summary.contiguous_failures->first = {failure};
  summary.contiguous_failures->count = 1;
  EXPECT_THAT(render_text(summary), HasSubstr("     6 frames  app.*   3 objects  can move\n"
                                              "      1 frame  camera  /image     cannot move\n"));
}

TEST(RenderText, SaysWhatMadeTheRun) {
  Summary summary = summary_of_run();
  summary.version = "9.8.7";
  summary.policy_options = {{"placement", "lifo"}};
  summary.overridden = {{"machine.cpus", "2"}, {"until", "10s"}};
  EXPECT_THAT(render_text(summary),
              HasSubstr("memsim 9.8.7, seed 42, policy buddy with placement=lifo, pages of 4 KiB, "
                        "1 cpu\noverridden: machine.cpus=2, until=10s\n"));
  const auto json = nlohmann::json::parse(render_json(summary));
  EXPECT_EQ(json["version"], "9.8.7");
  EXPECT_EQ(json["policy_options"][0]["value"], "lifo");
  EXPECT_EQ(json["overridden"][1]["name"], "until");
}

TEST(RenderText, SaysWhyExpectationsWereNotJudged) {
  Summary summary = summary_of_run();
  summary.unjudged_expectations = 2;
  EXPECT_THAT(render_text(summary), HasSubstr("Expectations: 2, not judged: --until ended the run before its time\n"));
  summary.stop_reason = StopReason::interrupted;
  EXPECT_THAT(render_text(summary), HasSubstr("not judged: an interrupt ended the run before its time\n"));
}

TEST(RenderText, FitsTheColumnsThatThereAre) {
  for (const std::size_t columns : {60u, 80u, 100u, 200u}) {
    const std::string text = render_text(summary_of_run(), columns);
    const std::size_t bar = text.find("|█");
    ASSERT_NE(bar, std::string::npos) << text;
    std::size_t width = 0;
    for (std::size_t i = text.rfind('\n', bar) + 1; text[i] != '\n'; ++i) width += (text[i] & 0xc0) != 0x80 ? 1u : 0u;
    EXPECT_LE(width, columns);
  }
}

// What a scenario says is data to whoever reads our output, be it a terminal or a CI system.
TEST(RenderText, NotesAndTitlesAreNoCommandsToACiSystem) {
  Summary summary = summary_of_run();
  summary.title = "::error::title";
  summary.notes.first.front().text = "##vso[task.complete] ##[error] ::stop-commands::x";
  summary.failed_calls.front().process = "##teamcity[x]";
  for (const std::string& text : {render_text(summary), render_json(summary)}) {
    EXPECT_THAT(text, Not(HasSubstr("##vso[")));
    EXPECT_THAT(text, Not(HasSubstr("##[")));
    EXPECT_THAT(text, Not(testing::ContainsRegex("(^|\n)[ \t]*::")));
  }
  EXPECT_EQ(nlohmann::json::parse(render_json(summary))["notes"]["first"][0]["text"], summary.notes.first.front().text);
}

TEST(RenderText, ARegionThatWasNeverSampledSaysSo) {
  Summary summary = summary_of_run();
  summary.regions.front().before.reset();
  EXPECT_THAT(render_text(summary), HasSubstr(" not sampled\n"));
}

TEST(RenderJson, IsOneDocumentOfIntegersThatParsesBack) {
  const std::string text = render_json(summary_of_run());
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["scenario"], "small.yaml");
  EXPECT_EQ(json["seed"], 42);
  EXPECT_EQ(json["fingerprint"], "0000000000000abc");
  EXPECT_EQ(json["end"]["reason"], "finished");
  EXPECT_EQ(json["end"]["time_ns"], 6000);
  EXPECT_EQ(json["replies"]["count"], 1);
  EXPECT_EQ(json["replies"]["first"][0]["length_bytes"], view_test::kSizeMax);
  EXPECT_EQ(json["replies"]["first"][0]["segments"][0]["paddr"], 0x100000);
  EXPECT_EQ(json["cut_replies"][0]["sufficient_bytes"], 48);
  EXPECT_EQ(json["regions"][0]["after"]["free_blocks"], nlohmann::json({1, 0, 1, 0}));
  EXPECT_EQ(json["regions"][0]["after"]["unusable_index_permille"], nlohmann::json({0, 200, 200, 1000}));
  EXPECT_EQ(json["probes"][0]["first_failure_ns"], 6000);
  EXPECT_EQ(json["failed_calls"][0]["errno"], 12);
  EXPECT_EQ(json["messages"][0]["latency_ns_median"], 1500);
  EXPECT_EQ(json["warnings"].size(), 1);
}

TEST(RenderJson, HoldsNoFloatingPointNumberAndOnlyAscii) {
  Summary summary = summary_of_run();
  summary.notes.first.front().text = "\x1b[2J \u202e \xff";
  const std::string text = render_json(summary);
  const auto check = [](const auto& self, const nlohmann::json& value) -> void {
    EXPECT_FALSE(value.is_number_float());
    if (value.is_structured()) {
      for (const auto& item : value) self(self, item);
    }
  };
  check(check, nlohmann::json::parse(text));
  for (const char c : text) EXPECT_TRUE(c == '\n' || (' ' <= c && c <= '~'));
}

TEST(RenderJson, KeysComeInTheDocumentedOrder) {
  const auto json = nlohmann::ordered_json::parse(render_json(summary_of_run()));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_THAT(
      keys, testing::ElementsAre("scenario", "title", "version", "content", "seed", "policy", "policy_options",
                                 "overridden", "page_size_bytes", "cpus", "fingerprint", "end", "counts", "answers",
                                 "requests", "replies", "cut_replies", "notes", "program_output", "regions", "objects",
                                 "probes", "devices", "failed_calls", "messages", "option_refusals", "deadlocks",
                                 "faults", "expectations", "unjudged_expectations", "warnings"));
}

TEST(Render, ShowsSegmentsByLengthWhereTheyAreRecorded) {
  Summary summary = summary_of_run();
  summary.objects->segments_by_log2 = {1, 0, 12};
  EXPECT_THAT(render_text(summary), HasSubstr(R"(2 at most
 segments from  to below  count
         4 KiB     8 KiB      1
        16 KiB    32 KiB     12
)"));
  const auto json = nlohmann::json::parse(render_json(summary));
  EXPECT_EQ(json["objects"]["segments_log2"], (std::vector<std::uint64_t>{1, 0, 12}));
}

TEST(RenderJson, ARunThatDidNotEndHasNoEnd) {
  EXPECT_TRUE(nlohmann::json::parse(render_json(Summary{}))["end"].is_null());
}

}  // namespace
}  // namespace memsim
