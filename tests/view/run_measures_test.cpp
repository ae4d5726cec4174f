#include <memsim/view/run_measures.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

#include <memsim/view/measure/series_statistics.hpp>

#include "view/run_of_records.hpp"

namespace memsim {
namespace {

using testing::HasSubstr;

class RunMeasuresOf {
 public:
  RunMeasuresOf() {
    stream.subscribe(summary);
    stream.subscribe(view);
  }

  [[nodiscard]] std::vector<Measure> all() const { return view.measures(summary.summary(stream)); }
  [[nodiscard]] std::optional<Measure> find(const std::string& name) const {
    for (const Measure& measure : all()) {
      if (measure.name == name) return measure;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::int64_t value(const std::string& name) const {
    const auto measure = find(name);
    if (!measure) ADD_FAILURE() << "no measure " << name;
    return measure ? measure->value : 0;
  }

  SummaryView summary;
  RunMeasures view;
  RecordStream stream;
};

TEST(RunMeasures, GiveStartMinimumMeanMaximumAndEndOfEachSeries) {
  RunMeasuresOf run;
  view_test::publish_run(run.stream);  // 8 of 8 frames free at 0, 5 at 6000 ns
  EXPECT_EQ(run.value("region/ram/free_frames/start"), 8);
  EXPECT_EQ(run.value("region/ram/free_frames/min"), 5);
  EXPECT_EQ(run.value("region/ram/free_frames/mean"), 8);  // 8 held until the last moment
  EXPECT_EQ(run.value("region/ram/free_frames/max"), 8);
  EXPECT_EQ(run.value("region/ram/free_frames/end"), 5);
  EXPECT_EQ(run.value("region/ram/unusable_index_permille/order0/end"), 0);
  EXPECT_EQ(run.value("region/ram/unusable_index_permille/order2/end"), 200);
  EXPECT_EQ(run.value("region/ram/fragmentation_index_permille/order3/end"), 188);
  EXPECT_EQ(run.value("region/ram/free_blocks/order2/end"), 1);
  EXPECT_EQ(run.value("region/ram/free_runs_log2/3/start"), 1);
  EXPECT_EQ(run.value("objects/internal_fragmentation_permille/end"), 186);
  EXPECT_EQ(run.value("objects/bytes_per_segment/end"), 6144);
}

TEST(RunMeasures, GiveSegmentsByLengthWhereTheyAreRecorded) {
  RunMeasuresOf run;
  view_test::publish_run(run.stream);
  EXPECT_FALSE(run.find("objects/segments_log2/0/end"));

  constexpr std::array<std::uint64_t, 2> kLengths = {3, 4};
  RunMeasuresOf with_lengths;
  view_test::publish_head(with_lengths.stream);
  with_lengths.stream.publish(SegmentLengthSample{SamplePoint::start, kLengths});
  EXPECT_EQ(with_lengths.value("objects/segments_log2/1/end"), 4);
  EXPECT_EQ(with_lengths.value("objects/segments_log2/3/end"), 0);
  EXPECT_FALSE(with_lengths.find("objects/segments_log2/4/end"));  // no region has 2^4 frames
}

TEST(RunMeasures, KnowOrdersUpToThatOfTheRegion) {
  RunMeasuresOf run;
  view_test::publish_run(run.stream);
  EXPECT_TRUE(run.find("region/ram/free_blocks/order3/end"));
  EXPECT_FALSE(run.find("region/ram/free_blocks/order4/end"));
}

TEST(RunMeasures, CountCallsProbesAndLatencies) {
  RunMeasuresOf run;
  view_test::publish_run(run.stream);
  EXPECT_EQ(run.value("messages"), 3);
  EXPECT_EQ(run.value("events"), 17);
  EXPECT_EQ(run.value("end_time_ns"), 6000);
  EXPECT_EQ(run.value("segment_replies"), 1);
  EXPECT_EQ(run.value("segment_replies/cut"), 1);
  EXPECT_EQ(run.value("failed_calls"), 1);
  EXPECT_EQ(run.value("failed_calls/shm_ctl/ENOMEM"), 1);
  EXPECT_EQ(run.value("latency_ns/shm_open/priority_10/median"), 1500);
  EXPECT_EQ(run.value("latency_ns/shm_open/priority_10/count"), 1);
  EXPECT_EQ(run.value("probe/two_pages/failed_permille"), 500);
  EXPECT_EQ(run.value("probe/two_pages/first_failure_ns"), 6000);
}

TEST(RunMeasures, SumTheAllocatorsWork) {
  RunMeasuresOf run;
  view_test::publish_head(run.stream);
  static constexpr std::array kExtents = {Extent{FrameNumber(256), FrameCount(2)},
                                          Extent{FrameNumber(260), FrameCount(1)}};
  run.stream.publish(FramesAllocated{.object = ObjectId(1),
                                     .pid = ProcessId(2),
                                     .contiguous = true,
                                     .extents = kExtents,
                                     .splits = WorkCount(3),
                                     .steps = WorkCount(5)});
  run.stream.publish(FramesAllocated{.object = ObjectId(2),
                                     .pid = ProcessId(2),
                                     .extents = {},
                                     .splits = WorkCount(1),
                                     .merges = WorkCount(1),
                                     .steps = WorkCount(2)});
  run.stream.publish(FramesReleased{.object = ObjectId(1), .merges = WorkCount(2), .extents = kExtents});
  AllocationFailed failure;
  failure.contiguous = true;
  run.stream.set_now(SimTime(7000));
  run.stream.publish(failure);
  EXPECT_EQ(run.value("allocations"), 2);
  EXPECT_EQ(run.value("allocations/contiguous"), 1);
  EXPECT_EQ(run.value("allocations/failed"), 1);
  EXPECT_EQ(run.value("allocations/contiguous_failed"), 1);
  EXPECT_EQ(run.value("allocations/first_contiguous_failure_ns"), 7000);
  EXPECT_EQ(run.value("allocator/frames_allocated"), 3);
  EXPECT_EQ(run.value("allocator/frames_released"), 3);
  EXPECT_EQ(run.value("allocator/splits"), 4);
  EXPECT_EQ(run.value("allocator/merges"), 3);
  EXPECT_EQ(run.value("allocator/steps"), 7);
}

TEST(RunMeasures, AProbeThatNeverFailedFailsLaterThanAny) {
  RunMeasuresOf run;
  view_test::publish_head(run.stream);
  run.stream.publish(ProbeResult{SamplePoint::start, "p", true});
  const auto first = run.find("probe/p/first_failure_ns");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->value, kNeverMeasured);
  EXPECT_EQ(first->better, Better::higher);
  EXPECT_EQ(measure_text(*first), "never");
}

TEST(RunMeasures, HaveEachNameOnce) {
  RunMeasuresOf run;
  view_test::publish_run(run.stream);
  std::set<std::string> names;
  for (const Measure& measure : run.all()) EXPECT_TRUE(names.insert(measure.name).second) << measure.name;
}

TEST(RunMeasures, AreWrittenInTheirUnit) {
  EXPECT_EQ(measure_text({"a", 484, Better::lower, MeasureUnit::share}), "48.4 %");
  EXPECT_EQ(measure_text({"a", 1'500'000, Better::lower, MeasureUnit::nanoseconds}), "1.5 ms");
  EXPECT_EQ(measure_text({"a", 4096, Better::neither, MeasureUnit::bytes}), "4 KiB");
  EXPECT_EQ(measure_text({"a", 4096, Better::neither, MeasureUnit::frames}), "4096");
}

TEST(RunMeasures, AreAllInTheDocument) {
  std::ifstream file(MEMSIM_SOURCE_DIR "/docs/output.md", std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (const SampledMeasureInfo& info : sampled_measures()) EXPECT_THAT(page, HasSubstr(std::string(info.name)));
  RunMeasuresOf run;
  view_test::publish_run(run.stream);
  for (const Measure& measure : run.all()) {
    // What stands for a name of the scenario is written in capitals there; the rest of a count's name is literal.
    const std::string first = measure.name.substr(0, measure.name.find('/'));
    EXPECT_THAT(page, HasSubstr("`" + first));
  }
}

TEST(SeriesStatistics, WeighsTheMeanByTimeAndRoundsToTheNearest) {
  SeriesStatistics series;
  series.add(SimTime(0), 10);
  series.add(SimTime(30), 20);
  series.add(SimTime(40), 1000);  // holds for no time yet
  EXPECT_EQ(series.mean(), 13);   // (10 * 30 + 20 * 10) / 40 = 12.5
  EXPECT_EQ(series.mean_milli(), 12'500);
  EXPECT_EQ(series.minimum(), 10);
  EXPECT_EQ(series.maximum(), 1000);
  EXPECT_EQ(series.last(), 1000);
}

TEST(SeriesStatistics, RoundsNegativeMeansToTheNearestToo) {
  SeriesStatistics series;
  series.add(SimTime(0), -1000);
  series.add(SimTime(1), -999);
  series.add(SimTime(3), 0);
  EXPECT_EQ(series.mean(), -999);  // -999.33
  EXPECT_EQ(series.mean_milli(), -999'333);
}

TEST(SeriesStatistics, AtOneMomentTheMeanIsTheLastValue) {
  SeriesStatistics series;
  series.add(SimTime(7), 1);
  series.add(SimTime(7), 5);
  EXPECT_EQ(series.mean(), 5);
  EXPECT_EQ(series.mean_milli(), 5000);
}

TEST(SeriesStatistics, RoundsThousandthsToTheNearestHalvesUpwards) {
  const auto mean_milli = [](std::int64_t value, std::uint64_t time) {
    SeriesStatistics series;
    series.add(SimTime(0), value);
    series.add(SimTime(1), 0);
    series.add(SimTime(time), 0);
    return series.mean_milli();
  };
  EXPECT_EQ(mean_milli(2, 3), 667);
  EXPECT_EQ(mean_milli(1, 3), 333);
  EXPECT_EQ(mean_milli(1, 2000), 1);   // 0.5
  EXPECT_EQ(mean_milli(-1, 2000), 0);  // -0.5
  EXPECT_EQ(mean_milli(-2, 3), -667);
}

TEST(SeriesStatistics, BearsTheLargestValuesForTheLongestTime) {
  constexpr std::int64_t kLargest = INT64_MAX;
  SeriesStatistics series;
  series.add(SimTime(0), kLargest);
  series.add(SimTime(std::uint64_t{1} << 62), kLargest);
  EXPECT_EQ(series.mean(), kLargest);
  EXPECT_EQ(series.mean_milli(), kLargest);
}

}  // namespace
}  // namespace memsim
