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
seed 42, policy buddy, pages of 4 KiB, 1 cpu

Replies to _MEM_OBJ_INFO
 client at 4 us: /myshmem of 12 KiB, offset=0 length=SIZE_MAX: 1 segment of 2, cut short
   offset=0 paddr=100000 len=2000

Notes
 5 us  client  We reached the end.

Memory of ram: 32 KiB from 0x100000, 8 frames
                         before   after
 free                    32 KiB  20 KiB
 free frames                  8       5
 free runs                    1       1
 largest run, frames          8       5
 external fragmentation   0.000   0.000
 free 2 MiB pages        0 of 0  0 of 0
 pinned 2 MiB ranges     0 of 0  0 of 0
 order   block  free before  after  unusable index before  after
     0   4 KiB            0      1                  0.000  0.000
     1   8 KiB            0      0                  0.000  0.200
     2  16 KiB            0      1                  0.000  0.200
     3  32 KiB            1      0                  0.000  1.000

Memory objects at the end
 1 object, 9.8 KiB asked, 12 KiB given (internal fragmentation 0.186)
 2 segments; an object has 2 at least, 2 as median, 2 as P99, 2 at most

Contiguous-allocation probes
 probe      samples  failed  share  first failure
 two_pages        2       1  0.500           6 us

Failed calls
 process  call     errno        count  first at
 client   shm_ctl  ENOMEM (12)      1      5 us

Messages, from send to reply
 type           priority  count  failed  median     P99     max
 shm_open             10      1       0  1.5 us  1.5 us  1.5 us
 shm_ctl              10      1       1  500 ns  500 ns  500 ns
 _MEM_OBJ_INFO        10      1       0    1 us    1 us    1 us

Warnings
 client: reply to _MEM_OBJ_INFO cut short at 4 us: room for 1 of 2 segments; 48 bytes would have sufficed

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
  EXPECT_THAT(text, HasSubstr("   ... and 4080 more\n"));
  EXPECT_THAT(text, HasSubstr(" ... and 88 more (all are in replies.jsonl with --out)\n"));
}

TEST(RenderText, NamesAndNotesCannotDriveTheTerminal) {
  Summary summary = summary_of_run();
  summary.notes.first.front().text = "\x1b[2Jgone\u202e";
  summary.title = "a\x1b]0;title\x07";
  EXPECT_THAT(render_text(summary), Not(HasSubstr("\x1b")));
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
  EXPECT_THAT(keys, testing::ElementsAre("scenario", "title", "seed", "policy", "page_size_bytes", "cpus",
                                         "fingerprint", "end", "counts", "replies", "cut_replies", "notes", "regions",
                                         "objects", "probes", "failed_calls", "messages", "option_refusals",
                                         "deadlocks", "faults", "expectations", "unjudged_expectations", "warnings"));
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
