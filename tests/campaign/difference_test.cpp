#include <memsim/campaign/difference.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "campaign/sample_baseline.hpp"

namespace memsim {
namespace {

using campaign_test::sample_baseline;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Measure> measures_of(const Baseline& baseline) {
  std::vector<Measure> measures;
  for (const BaselineMeasure& kept : baseline.measures) {
    Measure measure;
    measure.name = kept.name;
    measure.value = kept.value;
    measures.push_back(measure);
  }
  return measures;
}

RunDifference difference(const Baseline& before, const Baseline& now) {
  const auto found = difference_of(before, now, measures_of(now));
  EXPECT_TRUE(found);
  return found.value_or(RunDifference());
}

const LayerDifference& layer(const RunDifference& difference, Layer wanted) {
  for (const LayerDifference& one : difference.layers) {
    if (one.layer == wanted) return one;
  }
  ADD_FAILURE() << "no difference in " << name_of(wanted);
  static const LayerDifference kNone;
  return kNone;
}

TEST(RunDifference, OfTheSameRunIsNothing) {
  Baseline older = sample_baseline(10);
  older.version = "0.0.9";
  EXPECT_FALSE(difference_of(older, sample_baseline(10), {}));
}

TEST(RunDifference, OfOneEntryIsFoundExactlyWithItsOldText) {
  const RunDifference found = difference(sample_baseline(40), sample_baseline(40, 17));
  const LayerDifference& allocator = layer(found, Layer::allocator);
  EXPECT_TRUE(allocator.is_exact());
  EXPECT_EQ(allocator.first.first, 17);
  EXPECT_EQ(allocator.text_before, R"({"kind":"object_destroyed","object":17})");
}

TEST(RunDifference, BehindTheTextsIsStillFoundExactly) {
  const RunDifference found = difference(sample_baseline(2000), sample_baseline(2000, 1234));
  const LayerDifference& replies = layer(found, Layer::replies);
  EXPECT_TRUE(replies.is_exact());
  EXPECT_EQ(replies.first.first, 1234);
  EXPECT_FALSE(replies.text_before);
}

TEST(RunDifference, InALongLayerIsFoundToACell) {
  const LayerDifference found =
      layer(difference(sample_baseline(100'000), sample_baseline(100'000, 77'777)), Layer::allocator);
  EXPECT_FALSE(found.is_exact());
  EXPECT_LE(found.first.first, 77'777);
  EXPECT_GT(found.first.first + found.first.count, 77'777);
  EXPECT_LE(found.first.count, 128);
}

TEST(RunDifference, AmongTheFirstEntriesOfALongLayerIsFoundExactly) {
  const RunDifference found = difference(sample_baseline(100'000), sample_baseline(100'000, 5));
  EXPECT_TRUE(layer(found, Layer::events).is_exact());
  EXPECT_EQ(layer(found, Layer::events).first.first, 5);
}

TEST(RunDifference, OfALongerRunIsItsFirstEntryBehindTheOldEnd) {
  const LayerDifference grown = layer(difference(sample_baseline(30), sample_baseline(31)), Layer::allocator);
  EXPECT_EQ(grown.first.first, 30);
  EXPECT_TRUE(grown.is_exact());
  EXPECT_FALSE(grown.text_before);
  const LayerDifference shrunk = layer(difference(sample_baseline(31), sample_baseline(30)), Layer::allocator);
  EXPECT_EQ(shrunk.first.first, 30);
  EXPECT_TRUE(shrunk.text_before);
}

TEST(RunDifference, OfRunsWithCellsOfDifferentSizesIsFound) {
  const LayerDifference found = layer(difference(sample_baseline(1500), sample_baseline(9000, 1000)), Layer::allocator);
  EXPECT_LE(found.first.first, 1000);
  EXPECT_GT(found.first.first + found.first.count, 1000);
}

TEST(RunDifference, OfTheStreamAloneSaysSo) {
  Baseline now = sample_baseline(10);
  now.fingerprint ^= 1;
  const RunDifference found = difference(sample_baseline(10), now);
  EXPECT_TRUE(found.only_between_layers);
  EXPECT_THAT(found.layers, IsEmpty());
}

TEST(RunDifference, TellsWhatTheHeadSays) {
  Baseline now = sample_baseline(10);
  now.policy = "buddy placement=lowest";
  now.seed = 8;
  const RunDifference found = difference(sample_baseline(10), now);
  ASSERT_EQ(found.head.size(), 2);
  EXPECT_EQ(found.head[0].name, "seed");
  EXPECT_EQ(found.head[1].before, "buddy placement=lifo");
  EXPECT_EQ(found.head[1].now, "buddy placement=lowest");
}

TEST(RunDifference, JudgesMeasuresByTheirSense) {
  Baseline before = sample_baseline(10);
  before.measures = {{"low", 5}, {"high", 5}, {"any", 5}, {"same", 5}, {"gone", 5}};
  Baseline now = before;
  now.measures = {{"low", 4}, {"high", 4}, {"any", 4}, {"same", 5}, {"new", 5}};
  std::vector<Measure> measures = measures_of(now);
  measures[0].better = Better::lower;
  measures[1].better = Better::higher;
  const auto found = difference_of(before, now, measures);
  ASSERT_TRUE(found);
  std::vector<std::string> judged;
  for (const MeasureDifference& measure : found->measures) {
    judged.push_back(measure.name() + " " + std::string(name_of(measure.judgement)));
  }
  EXPECT_THAT(judged, ElementsAre("low better", "high worse", "any other", "new appeared", "gone vanished"));
  EXPECT_EQ(found->count(Judgement::worse), 1);
}

TEST(RunDifference, WindowsShowTheDifferenceAndItsNeighbours) {
  const RunDifference found = difference(sample_baseline(40), sample_baseline(40, 17));
  const LayerView::Windows windows = found.windows();
  EXPECT_EQ(windows[static_cast<std::size_t>(Layer::allocator)].first, 15);
  EXPECT_EQ(windows[static_cast<std::size_t>(Layer::allocator)].count, 5);
  EXPECT_EQ(windows[static_cast<std::size_t>(Layer::free_map)].count, 0);
  const RunDifference at_start = difference(sample_baseline(40), sample_baseline(40, 0));
  EXPECT_EQ(at_start.windows()[0].first, 0);
  EXPECT_EQ(at_start.windows()[0].count, 3);
}

}  // namespace
}  // namespace memsim
