#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/view/page.hpp>
#include <memsim/view/page/map_changes.hpp>
#include <memsim/view/page/packed_column.hpp>

#include "view/run_of_records.hpp"

namespace memsim {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Le;

std::string hex(const PackedColumn& column) {
  std::string out;
  for (const char c : column.bytes()) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

TEST(PackedColumn, PlainValuesAreLeb128) {
  PackedColumn column(PackedColumn::Mode::plain);
  for (const std::uint64_t value : {0ULL, 127ULL, 128ULL, 300ULL}) column.add(value);
  EXPECT_EQ(hex(column), "007f8001ac02");
}

TEST(PackedColumn, DifferencesZigzagSoThatSmallStepsEitherWayAreOneByte) {
  PackedColumn column;
  for (const std::uint64_t value : {5ULL, 4ULL, 4ULL, 68ULL}) column.add(value);
  EXPECT_EQ(hex(column), "0a01008001");
}

TEST(PackedColumn, AnyTwoValuesHaveADifference) {
  PackedColumn column;
  column.add(UINT64_MAX);
  column.add(0);
  EXPECT_EQ(hex(column), "0102");
}

MapChange change(std::uint64_t time, MapChange::Kind kind, std::uint64_t first, std::uint64_t count,
                 std::uint32_t object) {
  return {.time = SimTime(time),
          .extent = {FrameNumber(first), FrameCount(count)},
          .object = object,
          .pid = ProcessId(2),
          .kind = kind};
}

// Who has which frame behind all changes up to `time`; 0: nobody.
std::map<std::uint64_t, std::uint32_t> owners(const std::vector<MapChange>& changes, SimTime time) {
  std::map<std::uint64_t, std::uint32_t> out;
  for (const MapChange& c : changes) {
    if (c.time > time) break;
    for (std::uint64_t f = c.extent.first.value(); f < c.extent.end().value(); ++f) {
      if (c.kind == MapChange::Kind::allocate) out[f] = c.object;
      if (c.kind == MapChange::Kind::release) out.erase(f);
    }
  }
  return out;
}

// Pieces that are taken and given back, a few of them in parts.
std::vector<MapChange> churn(std::size_t count) {
  RandomStream random(7);
  std::vector<MapChange> out;
  std::map<std::uint64_t, std::uint32_t> held;  // by place of 8 frames
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t place = random.below(64) * 8;
    const auto found = held.find(place);
    if (found == held.end()) {
      held[place] = static_cast<std::uint32_t>(i + 1);
      out.push_back(change(i * 10, MapChange::Kind::allocate, place, 8, static_cast<std::uint32_t>(i + 1)));
    } else {
      const std::uint64_t part = random.below(3) == 0 ? 3 : 8;
      out.push_back(change(i * 10, MapChange::Kind::release, place, part, found->second));
      if (part < 8) out.push_back(change(i * 10, MapChange::Kind::release, place + part, 8 - part, found->second));
      held.erase(found);
    }
  }
  return out;
}

TEST(MapChanges, KeepsEverythingWhereThereIsRoom) {
  const std::vector<MapChange> all = churn(1000);
  MapChanges map(all.size());
  for (const MapChange& c : all) map.add(c);
  EXPECT_EQ(map.step(), SimDuration());
  ASSERT_EQ(map.changes().size(), all.size());
  EXPECT_EQ(owners(map.changes(), SimTime(5000)), owners(all, SimTime(5000)));
}

TEST(MapChanges, OfALongRunKeepsWhoHadWhatAtTheEndOfEachStep) {
  const std::vector<MapChange> all = churn(20'000);
  MapChanges map(4000);
  for (const MapChange& c : all) map.add(c);
  ASSERT_GT(map.step(), SimDuration());
  EXPECT_EQ(map.lost(), 0U);
  EXPECT_LE(map.changes().size(), 4000U);
  const std::uint64_t step = map.step().count();
  for (std::uint64_t index = 1; index < all.back().time.value() / step; ++index) {
    const SimTime end(index * step - 1);
    ASSERT_EQ(owners(map.changes(), end), owners(all, end)) << index;
  }
  EXPECT_EQ(owners(map.changes(), never()), owners(all, never()));
  EXPECT_THAT(map.changes(), Each(testing::Field(&MapChange::time, Le(all.back().time))));
}

TEST(MapChanges, OfARunThatOnlyTakesCountsWhatFindsNoRoom) {
  MapChanges map(10);
  for (std::uint32_t i = 0; i < 25; ++i) map.add(change(i, MapChange::Kind::allocate, 2 * i, 1, i + 1));
  EXPECT_EQ(map.lost(), 15U);
  EXPECT_EQ(owners(map.changes(), never()).size(), 10U);
}

nlohmann::json head_of(const PageRun& run) { return nlohmann::json::parse(run.head); }

class PageViewTest : public ::testing::Test {
 protected:
  PageViewTest() {
    stream.subscribe(page);
    stream.subscribe(summary);
  }
  [[nodiscard]] PageRun run() const { return page.run(summary.summary(stream), "label"); }

  PageView page;
  SummaryView summary;
  RecordStream stream;
};

TEST_F(PageViewTest, NamesWhoDidWhatAndTellsWhatFailed) {
  view_test::publish_head(stream);
  stream.set_now(SimTime(1000));
  stream.publish(view_test::message(Call::shm_ctl, 100, Errno::enomem));
  stream.publish(RunEnded{});
  const nlohmann::json head = head_of(run());
  EXPECT_EQ(head["regions"][0]["name"], "ram");
  EXPECT_EQ(head["regions"][0]["first"], 0x100);
  EXPECT_EQ(head["failedCalls"][0]["process"], "client");
  EXPECT_EQ(head["failedCalls"][0]["error"], "ENOMEM");
  EXPECT_EQ(head["costs"][0]["process"], "client");
  EXPECT_EQ(head["costs"][0]["waited"], 900);
  EXPECT_THAT(head["about"].get<std::string>(), HasSubstr("policy buddy with placement=lowest, top_order=18, seed 42"));
}

TEST_F(PageViewTest, CanBeCopiedInMidRunAndBothGoOnAlike) {
  view_test::publish_head(stream);
  PageView copy = page;
  RecordStream other = stream;
  other.subscribe(copy);
  for (RecordStream* each : {&stream, &other}) {
    each->set_now(SimTime(1000));
    each->publish(view_test::message(Call::mmap, 500));
  }
  const Summary same = summary.summary(stream);
  EXPECT_EQ(copy.run(same, "x").head, page.run(same, "x").head);
  EXPECT_EQ(copy.run(same, "x").data, page.run(same, "x").data);
}

// Samples of 8 free frames, the longest run as told.
void publish_longest(RecordStream& stream, std::uint64_t ns, std::uint64_t longest) {
  view_test::at(stream, ns);
  view_test::publish_sample(stream, SamplePoint::periodic, 8, longest, {0, 0, 0, 1});
}

TEST_F(PageViewTest, TellsSinceWhenMostOfWhatIsFreeLiesOutsideTheLongestRun) {
  view_test::publish_head(stream);
  publish_longest(stream, 1000, 3);
  publish_longest(stream, 2000, 4);
  publish_longest(stream, 3000, 3);
  publish_longest(stream, 4000, 2);
  stream.publish(RunEnded{});
  EXPECT_THAT(head_of(run())["verdicts"].dump(), HasSubstr("since 3 us more than half of what is free lies outside"));
  publish_longest(stream, 5000, 4);
  EXPECT_THAT(head_of(run())["verdicts"].dump(), HasSubstr("the longest run is at least half of what is free"));
}

TEST_F(PageViewTest, EachQuestionThatTheRunCanAnswerHasASentence) {
  view_test::publish_run(stream);
  const nlohmann::json head = head_of(run());
  std::vector<std::string> questions;
  for (const nlohmann::json& verdict : head["verdicts"]) questions.push_back(verdict["question"]);
  EXPECT_THAT(questions, testing::IsSupersetOf({"failed", "fragmented", "segments", "cost"}));
}

TEST_F(PageViewTest, WhatTheMemoryManagerHasItselfIsKnownByItsName) {
  view_test::publish_head(stream);
  stream.publish(ObjectCreated{.object = ObjectId(9), .pid = kMemmgrPid, .name = "background day", .of_mapping = true});
  constexpr std::array kFrames = {Extent{FrameNumber(0x100), FrameCount(2)}};
  stream.publish(FramesAllocated{.object = ObjectId(9), .pid = kMemmgrPid, .extents = kFrames});
  EXPECT_EQ(head_of(run())["objectNames"]["9"], "background day");
}

TEST(Page, SaysSoWhereTheProgramHasNone) {
  const PageRun run{.label = "a", .head = R"({"label":"</script><b>"})", .data = "abc"};
  const HostResult<std::string> html = render_page(std::vector{run}, {});
  if (!has_page()) {
    ASSERT_FALSE(html);
    EXPECT_THAT(render(html.error(), Colour::off), HasSubstr("script/page"));
    return;
  }
  ASSERT_TRUE(html);
  EXPECT_THAT(*html, HasSubstr(R"({"label":"\u003c/script>\u003cb>"})"));
  EXPECT_THAT(*html, HasSubstr(R"(id="memsim-data-0">YWJj</script>)"));
  EXPECT_THAT(*html, HasSubstr("Content-Security-Policy"));
  EXPECT_LE(html->size(), std::size_t{2} << 20);
}

}  // namespace
}  // namespace memsim
