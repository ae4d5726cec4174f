#include <memsim/campaign/seed_answers.hpp>

namespace memsim {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kMinute = 60'000'000'000;

RunResult run_of(std::uint64_t seed, std::int64_t first_failure, bool holds) {
  RunResult run;
  run.seed = seed;
  run.measures = {{"probe/four_mib/first_failure_ns", first_failure, Better::higher, MeasureUnit::nanoseconds},
                  {"allocations/failed", seed == 3 ? 2 : 0, Better::lower, MeasureUnit::count}};
  run.is_judged = true;
  run.verdicts = {{holds, "free_frames of ram at the end: 2048", "2047", std::nullopt}};
  return run;
}

const ScenarioOrigin kOrigin{"1.2.3", 0xabc, {{"machine.cpus", "2"}}};

std::string text_of(const std::vector<RunResult>& runs) {
  const std::vector<std::string> patterns = {"probe/*"};
  return render_seeds_text("my.yaml", kOrigin, runs, patterns);
}

TEST(SeedAnswers, SayInHowManyRunsAProbeWasRefusedAndWhenFirst) {
  std::vector<RunResult> runs;
  for (std::uint64_t seed = 1; seed <= 17; ++seed) {
    runs.push_back(run_of(seed, (40 + static_cast<std::int64_t>(seed)) * kMinute, true));
  }
  for (std::uint64_t seed = 18; seed <= 20; ++seed) runs.push_back(run_of(seed, kNeverMeasured, true));
  const std::string text = text_of(runs);
  EXPECT_THAT(text, HasSubstr("memsim 1.2.3, scenario 0000000000000abc\noverridden: machine.cpus=2\n"));
  EXPECT_THAT(text, HasSubstr("20 runs, seeds 1 to 20: 20 finished\n"));
  // Wilson's interval of 17 in 20: 0.640 to 0.948.
  EXPECT_THAT(text, HasSubstr("probe four_mib: refused in 17 of 20 runs (95 % sure of 64 % to 95 %), first after "
                              "41 min to 57 min, median 49 min\n"));
  EXPECT_THAT(text, HasSubstr("requests for frames: refused in 1 of 20 runs"));
  EXPECT_THAT(text, HasSubstr("expectations: all hold in every run\n"));
  EXPECT_EQ(exit_code(runs), ExitCode::ok);
}

TEST(SeedAnswers, NameTheSeedsThatFailAnExpectation) {
  const std::vector<RunResult> runs = {run_of(1, kNeverMeasured, true), run_of(2, kNeverMeasured, false)};
  const std::string text = text_of(runs);
  EXPECT_THAT(text, HasSubstr("expected free_frames of ram at the end: 2048: fails in 1 of 2 runs"));
  EXPECT_THAT(text, HasSubstr(", seeds 2\n"));
  EXPECT_THAT(text, HasSubstr("probe four_mib: refused in 0 of 2 runs"));
  EXPECT_EQ(exit_code(runs), ExitCode::expectation_failed);
}

TEST(SeedAnswers, JsonHasEveryRun) {
  const std::vector<RunResult> runs = {run_of(1, kNeverMeasured, true), run_of(2, kMinute, false)};
  const std::string json = render_seeds_json("my.yaml", kOrigin, runs);
  EXPECT_THAT(json, HasSubstr("\"probe/four_mib/first_failure_ns\": \"never\""));
  EXPECT_THAT(json, HasSubstr("\"probe/four_mib/first_failure_ns\": 60000000000"));
  EXPECT_THAT(json, HasSubstr("\"version\": \"1.2.3\",\n  \"content\": \"0000000000000abc\""));
  EXPECT_THAT(json, HasSubstr("\"found\": \"2047\""));
}

}  // namespace
}  // namespace memsim
