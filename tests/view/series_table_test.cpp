#include <memsim/view/measure/series_table.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "view/run_of_records.hpp"

namespace memsim {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> lines_of(SeriesTable& series) {
  series.finish();
  std::string text;
  append_csv_header(text, series.table());
  append_csv_rows(text, series.table());
  std::vector<std::string> out;
  for (std::size_t start = 0, end = 0; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
    out.push_back(text.substr(start, end - start));
  }
  return out;
}

class SeriesTableTest : public testing::Test {
 protected:
  SeriesTableTest() { stream_.subscribe(series_); }
  RecordStream stream_;
  SeriesTable series_;
};

TEST_F(SeriesTableTest, ARowHoldsRegionObjectsAndProbesOfOneSample) {
  view_test::publish_head(stream_);
  stream_.publish(ProbeResult{SamplePoint::start, "big", true});
  view_test::at(stream_, 60);
  view_test::publish_sample(stream_, SamplePoint::periodic, 5, 5, {1, 0, 1, 0});
  stream_.publish(ProbeResult{SamplePoint::periodic, "big", false});
  const std::vector<std::string> lines = lines_of(series_);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(lines[0], StartsWith("time_ns,point,region,total_frames,free_frames"));
  EXPECT_THAT(lines[0], HasSubstr(",probe_big,free_blocks_0,free_blocks_1,free_blocks_2,free_blocks_3,unusable"));
  EXPECT_EQ(lines[1],
            "0,start,ram,8,8,8,1,0,0,0,0,0,1,10000,12288,186,2,2,2,2,2,1,0,0,0,1,0,0,0,0,"
            "-1000,-1000,-1000,-1000,0,0,0,1");
  EXPECT_EQ(lines[2],
            "60,periodic,ram,8,5,5,1,0,0,0,0,0,1,10000,12288,186,2,2,2,2,2,0,1,0,1,0,0,200,200,1000,"
            "-1000,-1000,-1000,188,1,0,1,0");
}

TEST_F(SeriesTableTest, EverySampleOfAnInstantHasItsRow) {
  view_test::publish_head(stream_);
  view_test::publish_sample(stream_, SamplePoint::change, 7, 7, {1, 1, 1, 0});
  view_test::publish_sample(stream_, SamplePoint::change, 6, 6, {0, 1, 1, 0});
  std::vector<std::string> starts;
  for (const std::string& line : lines_of(series_)) starts.push_back(line.substr(0, line.find(",ram")));
  EXPECT_THAT(starts, ElementsAre(StartsWith("time_ns"), "0,start", "0,change", "0,change"));
}

TEST_F(SeriesTableTest, SegmentsByLengthHaveColumnsWhereTheyAreRecorded) {
  constexpr std::array<std::uint64_t, 2> kLengths = {3, 4};
  stream_.publish(RunStarted{42, Bytes(4096), 1, "buddy"});
  stream_.publish(RegionAdded{RegionId(0), "ram", PhysAddr(0x100000), FrameCount(8)});
  stream_.publish(RegionAdded{RegionId(1), "more", PhysAddr(0x108000), FrameCount(8)});  // together 2^4 frames
  view_test::publish_sample(stream_, SamplePoint::start, 8, 8, {0, 0, 0, 1});
  stream_.publish(SegmentLengthSample{SamplePoint::start, kLengths});
  view_test::at(stream_, 60);
  view_test::publish_sample(stream_, SamplePoint::end, 8, 8, {0, 0, 0, 1});
  const std::vector<std::string> lines = lines_of(series_);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(lines[0], EndsWith(",free_runs_log2_3,segments_log2_0,segments_log2_1,segments_log2_2,segments_log2_3,"
                                 "segments_log2_4"));
  EXPECT_THAT(lines[1], EndsWith(",0,0,0,1,3,4,0,0,0"));
  EXPECT_THAT(lines[2], EndsWith(",0,0,0,1,,,,,"));  // not in this sample
}

TEST_F(SeriesTableTest, AllRowsHaveAsManyCellsAsTheHeader) {
  view_test::publish_run(stream_);
  const std::vector<std::string> lines = lines_of(series_);
  for (const std::string& line : lines) {
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), std::count(lines[0].begin(), lines[0].end(), ','));
  }
}

}  // namespace
}  // namespace memsim
