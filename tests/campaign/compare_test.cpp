#include <memsim/campaign/compare.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "campaign/measures/measure_pattern.hpp"
#include "campaign/sample_baseline.hpp"

namespace memsim {
namespace {

using campaign_test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

// Memory is taken at random and given back in another order: placements differ.
constexpr std::string_view kChurn = R"(
memsim: 1
title: Churn
seed: 11
until: 2s
machine:
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 8MiB}
record:
  every: 10ms
  probes:
    - {name: two_mib, size: 2MiB}
    - {name: page, size: 4KiB}
processes:
  - name: app
    count: 60
    program:
      - forever:
          - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
            as: fd
          - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: {uniform: [4KiB, 160KiB]}}
          - sleep: {exponential: {mean: 100ms}}
          - close: $fd
)";

Variation contestant(const std::string& placement) {
  return {"buddy:placement=" + placement, {{"policy", "buddy"}, {"policy.placement", placement}}};
}

class Compare : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_.path("churn.yaml")) << kChurn;
    options_.scenarios = {folder_.path("churn.yaml")};
    options_.contestants = {contestant("lifo"), contestant("lowest")};
  }

  std::vector<Comparison> compared() {
    HostResult<std::vector<Comparison>> result = compare(options_);
    if (result) return std::move(*result);
    ADD_FAILURE() << render(result.error(), Colour::off);
    return std::vector<Comparison>(1);
  }

  TemporaryFolder folder_;
  CompareOptions options_;
};

TEST_F(Compare, EveryPolicySeesTheSameDraws) {
  options_.contestants = {contestant("lifo"), {"again", contestant("lifo").set}, contestant("lowest")};
  options_.measures = {"kernel_calls", "processes/started", "region/*/largest_free_run_frames/mean"};
  options_.seeds = 2;
  const Comparison comparison = compared().front();
  for (const ComparedMeasure& row : comparison.measures) {
    EXPECT_EQ(row.values[0], row.values[1]) << row.measure.name;
  }
  const ComparedMeasure& largest = comparison.measures.back();
  EXPECT_NE(largest.values[0], largest.values[2]);
  EXPECT_NE(largest.values[0][0], largest.values[0][1]);
}

TEST_F(Compare, TheNumberOfJobsChangesNothing) {
  options_.seeds = 3;
  const std::vector<Comparison> one = compared();
  options_.jobs = 4;
  const std::vector<Comparison> four = compared();
  for (const TableFormat format : {TableFormat::text, TableFormat::markdown, TableFormat::csv, TableFormat::json}) {
    EXPECT_EQ(render_comparisons(one, format), render_comparisons(four, format));
  }
}

TEST_F(Compare, AnswersHowLongALargeAllocationStaysPossible) {
  const Comparison comparison = compared().front();
  EXPECT_EQ(comparison.measures.front().measure.name, "probe/two_mib/first_failure_ns");
  const std::vector<Standing> all = standings(comparison, comparison.measures.front());
  EXPECT_NE(all[0].is_best, all[1].is_best);
}

TEST_F(Compare, WhatNeverHappensIsNever) {
  options_.measures = {"probe/page/first_failure_ns"};
  options_.seeds = 2;
  const Comparison comparison = compared().front();
  const std::vector<Standing> all = standings(comparison, comparison.measures.front());
  EXPECT_TRUE(all[0].is_never);
  EXPECT_FALSE(all[0].is_best || all[1].is_best);
  const std::vector<Comparison> all_of_it = {comparison};
  EXPECT_THAT(render_comparisons(all_of_it, TableFormat::text), HasSubstr("never"));
  EXPECT_THAT(render_comparisons(all_of_it, TableFormat::csv), HasSubstr(",never,0,0,"));
  const std::string json = render_comparisons(all_of_it, TableFormat::json);
  EXPECT_THAT(json, HasSubstr("\"mean_thousandths\": null,"));
  EXPECT_THAT(json, HasSubstr("\"never\": true,"));
  EXPECT_THAT(json, testing::Not(HasSubstr("9223372036854775807")));
}

TEST_F(Compare, MeasuresComeInTheOrderOfThePatterns) {
  options_.measures = {"region/*/free_frames/end", "messages", "kernel_calls"};
  const Comparison comparison = compared().front();
  std::vector<std::string> names;
  for (const ComparedMeasure& row : comparison.measures) names.push_back(row.measure.name);
  EXPECT_THAT(names, ElementsAre("region/memory/ram/sysram/free_frames/end", "messages", "kernel_calls"));
}

TEST_F(Compare, APatternThatFitsNothingIsAFault) {
  options_.measures = {"mesages"};
  const auto result = compare(options_);
  ASSERT_FALSE(result);
  EXPECT_EQ(exit_code(result.error()), ExitCode::bad_input);
  EXPECT_THAT(result.error().front().message, HasSubstr("no run has a measure 'mesages'"));
  EXPECT_THAT(result.error().front().help, HasSubstr("did you mean 'messages'?"));
}

TEST_F(Compare, AWrongPolicyIsSaidBeforeAnythingRuns) {
  options_.contestants.push_back({"budy", {{"policy", "budy"}}});
  unsigned runs = 0;
  options_.on_run = [&runs] { ++runs; };
  const auto result = compare(options_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().front().help, HasSubstr("did you mean 'buddy'?"));
  EXPECT_EQ(runs, 0);
}

TEST_F(Compare, TooManyRunsAreRefused) {
  options_.seeds = RunPlan::kRunsMax;
  EXPECT_FALSE(compare(options_));
}

// Two contestants with given values of one measure.
Comparison comparison_of(Better better, std::vector<std::optional<std::int64_t>> a,
                         std::vector<std::optional<std::int64_t>> b) {
  Comparison comparison;
  comparison.seeds = a.size();
  comparison.contestants = {"a", "b"};
  comparison.end_times.assign(a.size(), 100);
  ComparedMeasure row;
  row.measure.name = "measure";
  row.measure.better = better;
  row.values = {std::move(a), std::move(b)};
  comparison.measures.push_back(row);
  return comparison;
}

Standing second_of(const Comparison& comparison) { return standings(comparison, comparison.measures.front())[1]; }

TEST(Standings, ASteadyDifferenceIsBetterOrWorseByItsSense) {
  const Standing lower = second_of(comparison_of(Better::lower, {10, 20, 30}, {8, 18, 27}));
  EXPECT_TRUE(lower.is_better && lower.is_best);
  EXPECT_EQ(lower.difference, -2333);
  EXPECT_TRUE(second_of(comparison_of(Better::higher, {10, 20, 30}, {8, 18, 27})).is_worse);
  const Standing neither = second_of(comparison_of(Better::neither, {10, 20, 30}, {8, 18, 27}));
  EXPECT_FALSE(neither.is_better || neither.is_worse || neither.is_best);
}

TEST(Standings, ADifferenceWithinTheNoiseIsUndecided) {
  const Standing noisy = second_of(comparison_of(Better::lower, {10, 20, 30}, {20, 5, 32}));
  EXPECT_TRUE(noisy.is_compared);
  EXPECT_FALSE(noisy.is_better || noisy.is_worse);
}

TEST(Standings, OneSeedHasNoInterval) {
  const Standing single = second_of(comparison_of(Better::lower, {10}, {8}));
  EXPECT_TRUE(single.is_best);
  EXPECT_FALSE(single.is_compared);
}

TEST(Standings, AMomentThatNeverCameIsLaterThanAnyAndABound) {
  const Standing never = second_of(comparison_of(Better::higher, {100, 100}, {kNeverMeasured, kNeverMeasured}));
  EXPECT_TRUE(never.is_never && never.is_best);
  const Standing sometimes = second_of(comparison_of(Better::higher, {10, 20}, {30, kNeverMeasured}));
  EXPECT_TRUE(sometimes.is_lower_bound);
  EXPECT_FALSE(sometimes.is_never);
  EXPECT_EQ(sometimes.mean, 65'000);
}

TEST(Standings, WhatNeverCameInEitherRunIsNoDifferenceWhicheverTookLonger) {
  Comparison comparison =
      comparison_of(Better::higher, {kNeverMeasured, kNeverMeasured}, {kNeverMeasured, kNeverMeasured});
  comparison.end_times = {115, 115};  // of the run that took longer
  const Standing second = second_of(comparison);
  EXPECT_EQ(second.difference, 0);
  EXPECT_FALSE(second.is_better || second.is_worse || second.is_best);
  comparison.measures.front().values[1] = {110, 110};  // after the end of the other run, but it came
  EXPECT_TRUE(second_of(comparison).is_worse);
}

TEST(Standings, OfYearsAreAsExactAsOfNanoseconds) {
  constexpr std::int64_t kYear = 31'536'000'000'000'000;  // its thousandths do not fit 64 bits
  Comparison comparison = comparison_of(Better::higher, {2 * kYear, 2 * kYear}, {3 * kYear, 3 * kYear + 1});
  comparison.measures.front().measure.unit = MeasureUnit::nanoseconds;
  const Standing second = second_of(comparison);
  EXPECT_TRUE(second.is_best && second.is_better);
  EXPECT_EQ(second.mean, WideThousandths{3 * kYear} * 1000 + 500);
  EXPECT_EQ(second.difference, WideThousandths{kYear} * 1000 + 500);
  const std::vector all = {comparison};
  EXPECT_THAT(render_comparisons(all, TableFormat::text), HasSubstr("730 d  * 1095 d  +365 d +- 6 ns better"));
  EXPECT_THAT(render_comparisons(all, TableFormat::csv), HasSubstr(",94608000000000000.5,0,1,"));
  EXPECT_THAT(render_comparisons(all, TableFormat::json), HasSubstr("\"mean_thousandths\": 9.4608e+19"));
}

TEST(Standings, ThatDifferDoNotLookAlikeInTheTable) {
  Comparison comparison = comparison_of(Better::lower, {2'097'152, 2'097'153}, {2'097'150, 2'097'152});
  comparison.measures.front().measure.unit = MeasureUnit::bytes;
  const std::string table = render_comparisons(std::vector{comparison}, TableFormat::text);
  EXPECT_THAT(table, HasSubstr("2.000000 MiB  * 1.999999 MiB  -2 B +- 6 B"));
  comparison.measures.front().measure.unit = MeasureUnit::share;
  comparison.measures.front().values = {{484, 484, 484, 484}, {484, 484, 484, 485}};
  comparison.seeds = 4;
  EXPECT_THAT(render_comparisons(std::vector{comparison}, TableFormat::markdown),
              HasSubstr("\\* 48.40 % | 48.43 % | +0.03 % +- 0.08 % |"));
}

TEST(Comparison, InCsvTellsTheUnitAndPlainDecimals) {
  Comparison comparison = comparison_of(Better::lower, {484, 485}, {500, 520});
  comparison.measures.front().measure.unit = MeasureUnit::share;
  const std::string csv = render_comparisons(std::vector{comparison}, TableFormat::csv);
  EXPECT_THAT(csv, HasSubstr(",measure,share,lower,"));
  EXPECT_THAT(csv, HasSubstr(",0.4845,0,1,"));
  EXPECT_THAT(csv, HasSubstr(",0.51,0,0,0.0255,"));
  comparison.measures.front().measure.unit = MeasureUnit::nanoseconds;
  EXPECT_THAT(render_comparisons(std::vector{comparison}, TableFormat::csv), HasSubstr(",484.5,0,1,"));
}

TEST(Comparison, KeepsToTheWidthThatItHas) {
  Comparison comparison = comparison_of(Better::lower, {1, 2}, {1, 3});
  comparison.measures.front().measure.name = "region/memory/below4G/ram/sysram/large_page_availability_permille/mean";
  for (int more = 2; more < 6; ++more) {
    comparison.contestants.push_back(fmt::format("buddy:placement=lifo,top_order={}", more));
    comparison.measures.front().values.push_back({10 * more, 11 * more});
  }
  const std::vector all = {comparison};
  for (const std::size_t columns : {72U, 100U, 132U}) {
    const std::string text = render_comparisons(all, TableFormat::text, columns);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), columns) << line;
    for (const std::string& contestant : comparison.contestants) EXPECT_THAT(text, HasSubstr(contestant));
    EXPECT_THAT(text, HasSubstr(comparison.measures.front().measure.name));
  }
  EXPECT_THAT(render_comparisons(all, TableFormat::text, 400), HasSubstr("\nmeasure  "));
}

TEST(Standings, AMissingValueIsUnknown) {
  EXPECT_FALSE(second_of(comparison_of(Better::lower, {1, 2}, {1, std::nullopt})).is_known);
}

TEST(MeasurePattern, ThatFitsNothingLeadsToTheOneThatWasMeant) {
  const std::vector<std::string_view> names = {"messages", "processes/started", "probe/one/failures",
                                               "probe/one/first_failure_ns", "region/ram/free_blocks/order3/mean"};
  EXPECT_EQ(meant_pattern("free_blocks", names), "*/free_blocks/*");
  EXPECT_EQ(meant_pattern("failures", names), "*/failures");
  EXPECT_EQ(meant_pattern("first_failure", names), "probe/*/first_failure_ns");
  EXPECT_EQ(meant_pattern("processes_started", names), "processes/started");
  EXPECT_EQ(meant_pattern("processes", names), "processes/*");
  EXPECT_EQ(meant_pattern("mesages", names), "messages");
  EXPECT_EQ(meant_pattern("failed_share", names), "");  // this run has no such measure
}

TEST(MeasurePattern, StarsAndQuestionMarks) {
  EXPECT_TRUE(fits("*", ""));
  EXPECT_TRUE(fits("messages", "messages"));
  EXPECT_FALSE(fits("messages", "messages/x"));
  EXPECT_TRUE(fits("region/*/free_frames/*", "region/a/b/free_frames/end"));
  EXPECT_TRUE(fits("*order1?", "x/order12"));
  EXPECT_FALSE(fits("*order1?", "x/order1"));
  EXPECT_TRUE(fits("a*b*c", "aXbXbXc"));
  EXPECT_FALSE(fits("a*b*c", "aXbXbX"));
}

}  // namespace
}  // namespace memsim
