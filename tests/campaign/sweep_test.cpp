// The store of a sweep, its axes and its statistics over runs.
#include <memsim/campaign/sweep/sweep.hpp>

#include <fstream>

#include <memsim/campaign/sweep/sensitivity.hpp>
#include <memsim/campaign/sweep/survival.hpp>
#include <memsim/campaign/sweep/sweep_report.hpp>

#include "campaign/sample_baseline.hpp"
#include "campaign/sweep/precision.hpp"

namespace memsim {
namespace {

using campaign_test::TemporaryFolder;
using testing::ElementsAre;

std::vector<std::string> values(const std::string& range) {
  const HostResult<Axis> axis = parse_axis("x=" + range);
  std::vector<std::string> texts;
  if (!axis) return {axis.error().front().message};
  for (const Variation& variation : *axis) texts.push_back(variation.levels.front().value);
  return texts;
}

TEST(Axes, RangesAreOfNumbersSizesDurationsAndDecimals) {
  EXPECT_THAT(values("0..100+40"), ElementsAre("0", "40", "80"));
  EXPECT_THAT(values("1..8*2,7"), ElementsAre("1", "2", "4", "8", "7"));
  EXPECT_THAT(values("512KiB..2MiB*2"), ElementsAre("512KiB", "1MiB", "2MiB"));
  EXPECT_THAT(values("0..8KiB+4KiB"), ElementsAre("0B", "4KiB", "8KiB"));
  EXPECT_THAT(values("500ms..2s+500ms"), ElementsAre("500ms", "1s", "1.5s", "2s"));
  EXPECT_THAT(values("0.5..1+0.25"), ElementsAre("0.5", "0.75", "1"));
  EXPECT_THAT(values("18446744073709551614..18446744073709551615+1"),
              ElementsAre("18446744073709551614", "18446744073709551615"));
  EXPECT_THAT(values("9223372036854775808..18446744073709551615*2"), ElementsAre("9223372036854775808"));
}

TEST(Axes, WhatHasNoDigitBeforeTheDotsIsAText) { EXPECT_THAT(values("a..b"), ElementsAre("a..b")); }

TEST(Precisions, AreReadWithTheirEstimate) {
  const HostResult<Precision> share = parse_precision("share(probe/a=b/first_failure_ns)=2.5%");
  ASSERT_TRUE(share);
  EXPECT_EQ(share->of, Precision::Of::share);
  EXPECT_EQ(share->measure, "probe/a=b/first_failure_ns");
  EXPECT_EQ(share->permille, 25U);
  for (const char* text : {"", "x", "x=5", "x=5 %", "x=0.05%", "x=101%", "median(x=5%", "=5%", "mean()=5%"}) {
    EXPECT_FALSE(parse_precision(text)) << text;
  }
}

TEST(Precisions, NarrowEnoughIsHalfTheInterval) {
  // Student: mean 100, s = 10, n = 5: half width 2.776 * 10 / sqrt(5) = 12.4.
  const std::vector<std::optional<std::int64_t>> mean = {90, 110, 90, 110, 100};
  const std::vector<SimTime> ends(5);
  EXPECT_TRUE(is_precise_enough({Precision::Of::mean, "", 125}, mean, ends));
  EXPECT_FALSE(is_precise_enough({Precision::Of::mean, "", 123}, mean, ends));
  // Wilson: 2 of 5: .118 to .769.
  const std::vector<std::optional<std::int64_t>> share = {0, 7, kNeverMeasured, 7, std::nullopt, 0};
  EXPECT_TRUE(is_precise_enough({Precision::Of::share, "", 330}, share, std::vector<SimTime>(6)));
  EXPECT_FALSE(is_precise_enough({Precision::Of::share, "", 320}, share, std::vector<SimTime>(6)));
  // Not even the extremes of five enclose the median.
  EXPECT_FALSE(is_precise_enough({Precision::Of::median, "", 1000}, mean, ends));
  const std::vector<std::optional<std::int64_t>> same(6, 9);
  EXPECT_TRUE(is_precise_enough({Precision::Of::median, "", 1}, same, std::vector<SimTime>(6)));
}

TEST(Probabilities, AreWrittenWithoutALeadingZeroAndNeverAsCertain) {
  EXPECT_EQ(probability_text(.874), ".87");
  EXPECT_EQ(probability_text(.996), ".996");
  EXPECT_EQ(probability_text(.99999), ">.9999");
  EXPECT_EQ(probability_text(.00001), "<.0001");
  EXPECT_EQ(probability_text(1), "1");
  EXPECT_EQ(probability_text(0), "0");
}

class StoreTest : public testing::Test {
 protected:
  static RunResult run(std::uint64_t seed, std::int64_t value) {
    RunResult run;
    run.seed = seed;
    run.end_time = SimTime(1'000);
    run.fingerprint = seed * 7;
    run.measures = {{"a \"quoted\" name", value, Better::lower, MeasureUnit::bytes},
                    {"never", kNeverMeasured, Better::higher, MeasureUnit::nanoseconds}};
    run.is_judged = true;
    run.verdicts = {{false, "more", "less", {}}, {true, "this", "this", {}}};
    return run;
  }
  ResultStore store(const std::string& name) {
    HostResult<ResultStore> opened = ResultStore::open(name.empty() ? name : folder_.path(name), {"1", "s", 5});
    if (!opened) ADD_FAILURE() << render(opened.error(), Colour::off);
    return std::move(*opened);
  }
  static std::int64_t variation_of(ResultStore& store, std::uint64_t first_seed = 0, std::uint64_t seeds = 3) {
    const Variation variation{"x=1", {{"x", "1"}}, {{"x", "1"}}};
    return store.add_variations(std::span(&variation, 1), std::span(&first_seed, 1), seeds)->front();
  }

  static std::vector<Measure> measures_of(const StoredRun& run) {
    std::vector<Measure> measures = run.layout->kinds;
    for (std::size_t i = 0; i < measures.size(); ++i) measures[i].value = run.values[i];
    return measures;
  }

  TemporaryFolder folder_;
};

TEST_F(StoreTest, WhatIsPutInComesBackInAnotherProgram) {
  {
    ResultStore first = store("a.db");
    ASSERT_TRUE(first.put(variation_of(first), run(UINT64_MAX, -3)));
  }
  ResultStore again = store("a.db");
  const HostResult<std::optional<StoredRun>> found = again.find(variation_of(again), UINT64_MAX);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(measures_of(**found), run(UINT64_MAX, -3).measures);
  EXPECT_EQ((*found)->result.fingerprint, run(UINT64_MAX, -3).fingerprint);
  EXPECT_EQ((*found)->result.end_time, SimTime(1'000));
  EXPECT_THAT((*found)->failed, ElementsAre("more"));
  EXPECT_THAT(*again.seeds_of(variation_of(again)), ElementsAre(UINT64_MAX));
}

TEST_F(StoreTest, ARunThatIsThereStaysAsItIs) {
  ResultStore one = store("");
  ASSERT_TRUE(one.put(variation_of(one), run(1, 5)));
  ASSERT_TRUE(one.put(variation_of(one), run(1, 6)));
  EXPECT_EQ((**one.find(variation_of(one), 1)).values.front(), 5);
}

TEST_F(StoreTest, RunsThatMeasureOtherThingsKeepTheirOwnNamesAndOrderAlsoWhenTakenIn) {
  std::vector<RunResult> runs = {run(0, 1), run(1, 2), run(2, 3)};
  runs[1].measures.push_back({"more", 7, Better::neither, MeasureUnit::count});
  std::swap(runs[2].measures[0], runs[2].measures[1]);
  ResultStore all = store("");
  for (const std::size_t first : {1U, 0U}) {  // so that the two stores count their measures differently
    ResultStore shard = store(std::to_string(first));
    for (std::size_t i = first; i < runs.size(); ++i) ASSERT_TRUE(shard.put(variation_of(shard), runs[i]));
    ASSERT_TRUE(shard.commit());
    ASSERT_TRUE(all.take_in(shard));
  }
  for (const RunResult& put : runs) {
    const HostResult<std::optional<StoredRun>> found = all.find(variation_of(all), put.seed);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ(measures_of(**found), put.measures) << put.seed;
  }
}

TEST_F(StoreTest, ARunOfOtherMeasuresWithTheSameValuesDiffers) {
  ResultStore all = store("");
  ResultStore shard = store("b.db");
  RunResult other = run(1, 5);
  other.measures.front().name = "another name";
  ASSERT_TRUE(all.put(variation_of(all), run(1, 5)) && shard.put(variation_of(shard), other));
  ASSERT_TRUE(all.commit() && shard.commit());
  EXPECT_FALSE(all.take_in(shard));
}

TEST_F(StoreTest, StoresTakeInEachOtherAndNameWhatIsMissing) {
  ResultStore all = store("");
  ResultStore shard = store("b.db");
  // Seeds go round: 2^64 - 1, 0, 1.
  for (const std::uint64_t seed : {UINT64_MAX, std::uint64_t{1}}) {
    ASSERT_TRUE(shard.put(variation_of(shard, UINT64_MAX), run(seed, 5)));
  }
  ASSERT_TRUE(shard.commit());
  EXPECT_EQ(all.take_in(shard)->runs, 2U);
  EXPECT_EQ(all.take_in(shard)->known, 2U);
  const HostResult<ResultStore::Missing> missing = all.missing(5);
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->runs, 1U);
  EXPECT_EQ(missing->asked, 3U);
  ASSERT_EQ(missing->first.size(), 1U);
  EXPECT_EQ(missing->first.front().seed, 0U);
}

TEST_F(StoreTest, ARunThatDiffersIsRefusedAndNothingOfItsStoreTaken) {
  ResultStore all = store("");
  ResultStore shard = store("b.db");
  ASSERT_TRUE(all.put(variation_of(all), run(1, 5)));
  ASSERT_TRUE(shard.put(variation_of(shard), run(0, 5)));
  ASSERT_TRUE(shard.put(variation_of(shard), run(1, 6)));
  ASSERT_TRUE(all.commit() && shard.commit());
  EXPECT_FALSE(all.take_in(shard));
  EXPECT_THAT(*all.seeds_of(variation_of(all)), ElementsAre(1U));
}

constexpr std::string_view kSweptScenario = R"(
memsim: 1
seed: 3
until: 20s
machine:
  regions: [{name: memory/ram/sysram, base: 16MiB, size: 8MiB}]
record: {every: 1s, probes: [{name: big, size: 1MiB}]}
processes:
  - name: app
    count: 9
    program:
      - forever:
          - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
            as: fd
          - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: {uniform: [4KiB, 1MiB]}}
          - sleep: {exponential: {mean: 2s}}
          - close: $fd
)";

class SweepTest : public testing::Test {
 protected:
  void SetUp() override { std::ofstream(folder_.path("my.yaml")) << kSweptScenario; }

  Sweep sweep(std::vector<std::string> axes, std::uint64_t seeds) {
    std::vector<Axis> parsed;
    for (const std::string& axis : axes) parsed.push_back(*parse_axis(axis));
    SweepOptions options;
    options.scenario = folder_.path("my.yaml");
    options.variations = *combinations_of(parsed);
    options.seeds = seeds;
    options.jobs = 2;
    HostResult<Sweep> made = Sweep::create(std::move(options));
    if (!made) ADD_FAILURE() << render(made.error(), Colour::off);
    const HostResult<void> done = made->run();
    if (!done) ADD_FAILURE() << render(done.error(), Colour::off);
    return std::move(*made);
  }

  TemporaryFolder folder_;
};

TEST_F(SweepTest, SurvivalWithoutCensoringIsTheShareThatWasNeverRefused) {
  Sweep swept = sweep({}, 30);
  const std::vector<std::string> patterns = survival_measures();
  const HostResult<SweptRuns> runs = swept.results().runs(patterns);
  ASSERT_TRUE(runs);
  const std::vector<SurvivalOfProbe> survival = survival_of(swept.results(), *runs, SimTime(10'000'000'000));
  ASSERT_FALSE(survival.empty());
  EXPECT_EQ(survival.front().what, "probe big");
  EXPECT_EQ(survival.front().asked, "a contiguous 1 MiB");
  const auto of_probe = std::find_if(runs->measures.begin(), runs->measures.end(), [](const auto& measure) {
    return measure.kind.name == "probe/big/first_failure_ns";
  });
  ASSERT_NE(of_probe, runs->measures.end());
  std::size_t granted = 0;
  for (const auto& value : of_probe->values) granted += *value > 10'000'000'000 ? 1U : 0U;
  ASSERT_TRUE(0 < granted && granted < 30) << granted;
  EXPECT_DOUBLE_EQ(survival.front().variations.front().at_time->share, static_cast<double>(granted) / 30);
}

TEST_F(SweepTest, AnAxisThatDoesNothingHasNoMoreOfTheVarianceThanChanceGives) {
  Sweep swept = sweep({"machine.regions[0].size=6MiB,16MiB", "title=a,b"}, 4);
  const std::vector<std::string> patterns = {"region/*/largest_free_run_frames/min"};
  const HostResult<SweptRuns> runs = swept.results().runs(patterns);
  ASSERT_TRUE(runs);
  const std::vector<Sensitivity> all = sensitivity_of(swept.results(), *runs);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().axes.front().axis, "machine.regions[0].size");
  EXPECT_GT(all.front().axes.front().share, .5);
  EXPECT_EQ(all.front().axes.back().share, 0);  // the same seeds: the same runs
  EXPECT_NEAR(all.front().axes.front().share + all.front().seeds_share, 1, 1e-9);
}

TEST_F(SweepTest, ShardsAreAPartition) {
  std::vector<std::uint64_t> sizes;
  for (std::uint64_t i = 0; i < 4; ++i) {
    SweepOptions options;
    options.scenario = folder_.path("my.yaml");
    options.variations = *combinations_of(std::vector<Axis>{*parse_axis("seed=1,2,3")});
    options.seeds = 3;
    options.shard = Shard{i, 4};
    HostResult<Sweep> part = Sweep::create(std::move(options));
    ASSERT_TRUE(part);
    sizes.push_back(part->runs_of_shard());
    ASSERT_TRUE(part->run());
    EXPECT_EQ(part->runs_made(), sizes.back());
  }
  EXPECT_THAT(sizes, ElementsAre(3U, 2U, 2U, 2U));
}

}  // namespace
}  // namespace memsim
