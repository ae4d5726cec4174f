// One way to make a run: plans of runs, their results as bytes, and the order in which results come.
#include <memsim/campaign/run_plan.hpp>

#include <atomic>
#include <fstream>
#include <new>
#include <thread>

#include <memsim/campaign/parallel.hpp>

#include "campaign/sample_baseline.hpp"

namespace memsim {
namespace {

using campaign_test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kPlannedScenario = R"(
memsim: 1
seed: 18446744073709551615
machine:
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 4MiB}
processes:
  - name: app
    count: 20
    program:
      - repeat:
          times: 3
          do:
            - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
              as: fd
            - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: {csv: {file: sizes.csv}}}
            - sleep: {uniform: [1ms, 9ms]}
            - close: $fd
expect:
  - end: finished
  - end: deadlock
)";

class RunPlanTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_.path("my.yaml")) << kPlannedScenario;
    std::ofstream(folder_.path("sizes.csv")) << "size\n4KiB\n12KiB\n";
  }

  RunPlan plan(std::uint64_t seeds = 2) {
    const std::vector<std::string> policies = {"buddy", "tlsf"};
    HostResult<Axis> axis = policy_axis(policies);
    HostResult<std::vector<Variation>> variations = combinations_of(std::vector<Axis>{*axis});
    HostResult<RunPlan> plan = RunPlan::create({folder_.path("my.yaml")}, *variations, seeds, {});
    if (!plan) ADD_FAILURE() << render(plan.error(), Colour::off);
    return std::move(*plan);
  }

  TemporaryFolder folder_;
};

std::string bytes_of(const RunPlan& plan, std::size_t index) {
  const HostResult<RunResult> result = plan.run(plan.spec(index));
  if (!result) ADD_FAILURE() << render(result.error(), Colour::off);
  return result ? encode(*result) : "";
}

TEST_F(RunPlanTest, RunsComeByVariationThenSeedAndSeedsWrapAround) {
  const RunPlan runs = plan();
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs.spec(0).seed, UINT64_MAX);
  EXPECT_EQ(runs.spec(1).seed, 0U);
  EXPECT_EQ(runs.spec(3).variation, 1U);
}

TEST_F(RunPlanTest, AFileThatIsSavedMeanwhileChangesNothing) {
  const RunPlan runs = plan();
  const std::string before = bytes_of(runs, 1);
  std::ofstream(folder_.path("my.yaml")) << "memsim: 1\n";
  std::ofstream(folder_.path("sizes.csv")) << "size\n40KiB\n";
  EXPECT_EQ(bytes_of(runs, 1), before);
}

TEST_F(RunPlanTest, VariationsOfWhichTooManyAreToBeKeptAreMadeFromTheSameText) {
  std::vector<Variation> variations;
  for (int i = 0; i < 300; ++i) variations.push_back({fmt::format("{}", i), {{"seed", fmt::format("{}", i % 2)}}});
  const HostResult<RunPlan> runs = RunPlan::create({folder_.path("my.yaml")}, variations, 1, {});
  ASSERT_TRUE(runs);
  std::ofstream(folder_.path("sizes.csv")) << "size\n40KiB\n";
  EXPECT_EQ(bytes_of(*runs, 299), bytes_of(*runs, 1));
}

TEST_F(RunPlanTest, ATraceInTheBackgroundIsReadOnceForAllRuns) {
  std::ofstream(folder_.path("day.trace")) << "memsim-trace 1 text\nevents\n1 A 100 4 m 0\n9 F 100 4 - 0\nend\n";
  std::ofstream(folder_.path("day.yaml")) << "memsim: 1\nmachine:\n  regions: [{name: ram, base: 16MiB, size: 4MiB}]\n"
                                          << "background: [{trace: day.trace, repeat: 3}]\n";
  std::vector<Variation> variations;
  for (int i = 0; i < 300; ++i) variations.push_back({fmt::format("{}", i), {{"seed", fmt::format("{}", i % 2)}}});
  const HostResult<RunPlan> runs = RunPlan::create({folder_.path("day.yaml")}, variations, 2, {});
  ASSERT_TRUE(runs);
  const std::string before = bytes_of(*runs, 2);
  std::ofstream(folder_.path("day.trace")) << "no trace any more";
  EXPECT_EQ(bytes_of(*runs, 2), before);
  EXPECT_EQ(bytes_of(*runs, 598), before);  // of a variation that is loaded anew
  const HostResult<RunResult> result = runs->run(runs->spec(598));
  ASSERT_TRUE(result);
  const auto taken = std::find_if(result->measures.begin(), result->measures.end(),
                                  [](const Measure& measure) { return measure.name == "allocator/frames_allocated"; });
  ASSERT_NE(taken, result->measures.end());
  EXPECT_EQ(taken->value, 12);
}

TEST_F(RunPlanTest, EveryJudgeIsHeard) {
  const HostResult<RunResult> result = plan().run(plan().spec(0));
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->is_judged);
  EXPECT_FALSE(result->holds());
  EXPECT_THAT(result->verdicts, testing::SizeIs(2));
}

TEST_F(RunPlanTest, AResultComesBackFromItsBytes) {
  const std::string bytes = bytes_of(plan(), 0);
  const HostResult<RunResult> back = decode_run_result(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(encode(*back), bytes);
  EXPECT_EQ(back->seed, UINT64_MAX);
  EXPECT_FALSE(back->measures.empty());
}

// Whatever is read is what is written again, so a byte that is another says another thing or is refused.
TEST_F(RunPlanTest, BytesThatAreNoResultAreRefused) {
  const std::string bytes = bytes_of(plan(), 0);
  EXPECT_FALSE(decode_run_result(""));
  EXPECT_FALSE(decode_run_result(bytes + '\0'));
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(decode_run_result(bytes.substr(0, i))) << i;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string other = bytes;
    other[i] = static_cast<char>(other[i] ^ 0x80);
    const HostResult<RunResult> read = decode_run_result(other);
    EXPECT_TRUE(!read || encode(*read) == other) << i;
  }
}

TEST(Variations, EveryCombinationIsMadeOnce) {
  const HostResult<Axis> size = parse_axis("machine.regions[0].size=64MiB,128MiB");
  const HostResult<Axis> policy = parse_axis("policy=buddy,buddy:placement=lowest");
  ASSERT_TRUE(size && policy);
  const HostResult<std::vector<Variation>> all = combinations_of(std::vector<Axis>{*policy, *size});
  ASSERT_TRUE(all);
  std::vector<std::string> names;
  for (const Variation& variation : *all) names.push_back(variation.name);
  EXPECT_THAT(names, ElementsAre("buddy size=64MiB", "buddy size=128MiB", "buddy:placement=lowest size=64MiB",
                                 "buddy:placement=lowest size=128MiB"));
  EXPECT_EQ(all->back().set.back().path, "machine.regions[0].size");
}

TEST(Variations, WhatIsNoAxisIsRefused) {
  for (const char* text : {"", "a", "=1", "a=", "a=1,", "a=1,1", "policy=:x"}) EXPECT_FALSE(parse_axis(text)) << text;
}

TEST(Variations, TooManyCombinationsAreRefused) {
  Axis axis(1000);
  EXPECT_FALSE(combinations_of(std::vector<Axis>{axis, axis}));
}

TEST(RunInOrder, ResultsComeInOrderHoweverLongEachTakes) {
  std::vector<std::size_t> order;
  run_in_order(
      200, 4,
      [](std::size_t i) {
        if (i % 7 == 0) std::this_thread::yield();
        return i * i;
      },
      [&](std::size_t i, std::size_t&& square) {
        EXPECT_EQ(square, i * i);
        order.push_back(i);
        return true;
      });
  EXPECT_EQ(order.size(), 200U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(RunInOrder, NothingIsStartedOnceNothingMoreIsWanted) {
  std::atomic<std::size_t> started = 0;
  std::size_t taken = 0;
  run_in_order(
      100'000, 2,
      [&](std::size_t i) {
        ++started;
        return i;
      },
      [&](std::size_t i, std::size_t&&) {
        ++taken;
        return i < 3;
      });
  EXPECT_EQ(taken, 4U);
  EXPECT_LT(started, 100U);
}

TEST(RunInOrder, WhatATaskThrowsComesToTheCaller) {
  const auto exhausted = [](std::size_t i) -> int {
    if (i == 5) throw std::bad_alloc();
    return 0;
  };
  EXPECT_THROW(run_in_order(1000, 4, exhausted, [](std::size_t, int&&) { return true; }), std::bad_alloc);
}

TEST_F(RunPlanTest, ARunSaysWhatMadeIt) {
  LoadOptions load;
  load.set = {{"policy", "buddy"}, {"policy.placement", "lifo"}, {"policy.tail", "trimmed"}};
  const auto summary_of_now = [&] {
    const HostResult<Scenario> scenario = load_scenario(folder_.path("my.yaml"), load);
    return run_scenario(*scenario)->summary;
  };
  const Summary first = summary_of_now();
  ASSERT_EQ(first.policy_options.size(), 1u);  // the other two are as they would be anyway
  EXPECT_EQ(first.policy_options.front().name, "placement");
  ASSERT_TRUE(first.content.has_value());
  load.set.clear();
  EXPECT_EQ(summary_of_now().content, first.content) << "overrides are told by themselves";
  std::ofstream(folder_.path("sizes.csv")) << "size\n4KiB\n16KiB\n";
  EXPECT_NE(summary_of_now().content, first.content);
}

}  // namespace
}  // namespace memsim
