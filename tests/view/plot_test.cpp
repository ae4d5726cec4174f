#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include <memsim/view/memory_map.hpp>
#include <memsim/view/plot.hpp>

#include "view/run_of_records.hpp"

namespace memsim {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// Samples at these times with so many of the region's 8 frames free.
Plot plot_of(std::vector<std::string> columns, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& samples) {
  PlotView view(std::move(columns));
  RecordStream stream;
  stream.subscribe(view);
  stream.publish(RunStarted{42, Bytes(4096), 1, "buddy"});
  stream.publish(RegionAdded{RegionId(0), "ram", PhysAddr(0x100000), FrameCount(8)});
  for (const auto& [time, free] : samples) {
    stream.set_now(SimTime(time));
    view_test::publish_sample(stream, SamplePoint::periodic, free, free, {free, 0, 0, 0});
  }
  stream.publish(RunEnded{});
  return view.plot();
}

TEST(PlotView, TakesAColumnForEachRegionAndWhatIsOfTheMachineOnce) {
  const Plot plot = plot_of({"free_frames", "segments_max"}, {{0, 8}, {100, 5}, {1000, 6}});
  ASSERT_THAT(plot.lines, SizeIs(2));
  EXPECT_EQ(plot.lines[0].region, "ram");
  EXPECT_EQ(plot.lines[1].region, "");
  std::vector<std::int64_t> free;
  for (const PlotLine::Step& step : plot.lines[0].steps) free.push_back(step.last);
  EXPECT_THAT(free, ElementsAre(8, 5, 6));
  EXPECT_EQ(plot.end, SimTime(1000));
}

TEST(PlotView, OfALongRunLosesNoPeak) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> samples;
  for (std::uint64_t i = 0; i < 100'000; ++i) samples.emplace_back(i * 1000, i == 77'777 ? 1 : 4 + i % 3);
  const Plot plot = plot_of({"free_frames"}, samples);
  ASSERT_LE(plot.lines[0].steps.size(), PlotView::kStepsMax);
  EXPECT_THAT(plot.lines[0].steps, Contains(testing::Field(&PlotLine::Step::low, 1)));
}

TEST(PlotView, TellsColumnsThatThereAreNot) {
  PlotView view({"free_frames", "fre_frames", "time_ns"});
  RecordStream stream;
  stream.subscribe(view);
  stream.publish(RunStarted{42, Bytes(4096), 1, "buddy"});
  stream.publish(RegionAdded{RegionId(0), "ram", PhysAddr(0x100000), FrameCount(8)});
  view_test::publish_sample(stream, SamplePoint::start, 8, 8, {0, 0, 0, 1});
  stream.publish(RunEnded{});
  EXPECT_THAT(view.unknown_columns(), ElementsAre("fre_frames", "time_ns"));
  EXPECT_THAT(view.known_columns(), AllOf(Contains("free_frames"), Not(Contains("time_ns"))));
}

TEST(RenderPlot, HoldsAValueUntilTheNextAndEndsWithTheRun) {
  Plot plot = plot_of({"free_frames"}, {{0, 8}, {500, 4}, {1000, 8}});
  plot.title = "a <b> & c";
  const std::string svg = render_svg(plot);
  // 760 pixels wide from 110, 240 high from 36: 8 frames are at the top, 4 in the middle.
  EXPECT_THAT(svg, HasSubstr("d=\"M110 36H490V156H870V36H870\""));
  EXPECT_THAT(svg, HasSubstr("a &lt;b> &amp; c (seed 42, policy buddy)"));
  EXPECT_THAT(svg, HasSubstr(">32 KiB</text>"));
  EXPECT_EQ(svg, render_svg(plot));
}

TEST(RenderPlot, PutsUnlikeUnitsIntoPicturesOfTheirOwn) {
  const std::string svg =
      render_svg(plot_of({"free_frames", "external_fragmentation_permille", "object_count"}, {{0, 8}, {1000, 4}}));
  std::size_t pictures = 0;
  for (std::size_t at = svg.find(">1 us</text>"); at != std::string::npos; at = svg.find(">1 us</text>", at + 1)) {
    ++pictures;
  }
  EXPECT_EQ(pictures, 3U);
}

TEST(RenderMap, DrawsRunsOfCellsThatAreAsFull) {
  MemoryMap map;
  map.title = "<map>";
  map.page_size = Bytes(4096);
  const std::vector<FrameCount> half = {FrameCount(2), FrameCount(2), FrameCount(0), FrameCount(0)};
  map.regions.push_back({.region = "ram",
                         .base = PhysAddr(0x100000),
                         .frames = FrameCount(8),
                         .cell = FrameCount(2),
                         .rows = {{SimTime(0), half}, {SimTime(1000), half}}});
  const std::string svg = render_svg(map);
  // The lower half, for all of the time, full.
  EXPECT_THAT(svg, HasSubstr("<rect x=\"110\" y=\"172\" width=\"800\" height=\"120\" class=\"s32\"/>"));
  EXPECT_THAT(svg, HasSubstr("&lt;map>"));
  EXPECT_THAT(svg, Not(HasSubstr("class=\"s1\"")));
}

}  // namespace
}  // namespace memsim
