// Attacks: what is found is worse, stands in the scenario that is printed, and never passes a bound that is proved.
#include <memsim/campaign/attack/attack.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <memsim/campaign/run_session.hpp>
#include <memsim/scenario/draw_sites.hpp>

namespace memsim {
namespace {

using testing::HasSubstr;

// Objects of one or two pages in one piece, at most `live_max` pages in use: Robson's game, its moves drawn.
std::string robsons_game(std::uint64_t live_max, std::uint64_t memory) {
  return fmt::format(R"(
memsim: 1
machine:
  regions: [{{name: memory/ram/sysram, base: 16MiB, size: {1}pages}}]
processes:
  - name: adversary
    program:
      - set: {{used: 0}}
      - repeat:
          times: 64
          do:
            - set: {{slot: {{uniform: [1, {0}]}}, pages: {{uniform: [1, 2]}}}}
            - shm_open: {{name: "/s.${{slot}}", oflag: O_RDWR}}
              as: held
            - if:
                condition: $held.errno == 0
                then:
                  - lseek: {{fd: $held, whence: SEEK_END}}
                    as: end
                  - set: {{used: $used - $end / PAGE_SIZE}}
                  - close: $held
                  - shm_unlink: "/s.${{slot}}"
                else:
                  - if:
                      condition: $used + $pages <= {0}
                      then:
                        - shm_open: {{name: "/s.${{slot}}", oflag: [O_RDWR, O_CREAT]}}
                          as: fd
                        - shm_ctl: {{fd: $fd, flags: [SHMCTL_ANON, SHMCTL_PHYS], size: $pages * PAGE_SIZE}}
                          as: given
                        - close: $fd
                        - if:
                            condition: $given.errno == 0
                            then:
                              - set: {{used: $used + $pages}}
                            else:
                              - shm_unlink: "/s.${{slot}}"
)",
                     live_max, memory);
}

AttackOptions options_of(const std::string& policy, std::uint64_t budget) {
  AttackOptions options;
  options.path = "game.yaml";
  options.measure = "allocations/contiguous_failed";
  options.budget = budget;
  options.load.set = {{"policy", policy}};
  return options;
}

Attack attacked(const std::string& text, const AttackOptions& options) {
  HostResult<Attack> found = attack(text, options);
  if (!found) {
    ADD_FAILURE() << render(found.error(), Colour::off);
    return {};
  }
  return std::move(*found);
}

// Eight times one frame or none, by choice alone.
constexpr std::string_view kChoices = R"(
memsim: 1
machine:
  regions: [{name: memory/ram/sysram, base: 16MiB, size: 1MiB}]
processes:
  - name: app
    program:
      - repeat:
          times: 8
          do:
            - choose:
                - weight: 1
                  do: [shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}]
                - weight: 1
                  do: [sleep: 1ms]
)";

TEST(Attacks, ChooseTheSeedWhereItDecidesWhatNoDrawDoes) {
  AttackOptions options;
  options.path = "choices.yaml";
  options.measure = "latency_ns/shm_open/priority_10/count";
  options.budget = 1500;
  const Attack found = attacked(std::string(kChoices), options);
  EXPECT_EQ(found.worst.value, 8);  // 1 seed in 256
  EXPECT_LT(found.before.value, 8);
  EXPECT_EQ(found.draws, 0U);
  ASSERT_FALSE(found.seed);
  EXPECT_THAT(found.text, HasSubstr("\nseed: "));
  const HostResult<Scenario> scenario = parse_scenario(found.text, "worst.yaml");
  ASSERT_TRUE(scenario);
  const HostResult<ScenarioRun> run = run_scenario(*scenario);
  ASSERT_TRUE(run);
  EXPECT_THAT(run->measures, testing::Contains(found.worst));
}

TEST(Attacks, LeaveASeedThatIsGivenAsItIs) {
  AttackOptions options;
  options.path = "choices.yaml";
  options.measure = "latency_ns/shm_open/priority_10/count";
  options.load.seed = 3;
  const HostResult<Attack> found = attack(kChoices, options);
  ASSERT_FALSE(found);
  EXPECT_THAT(render(found.error(), Colour::off), HasSubstr("nothing to chance"));
}

TEST(Attacks, RefuseARequestWhereRobsonsBoundSaysThatOneCanBeRefused) {
  for (std::uint64_t live_max = 3; live_max <= 5; ++live_max) {
    const std::uint64_t bound = (3 * live_max - 1) / 2;
    for (const std::string policy : {"first_fit", "best_fit", "tlsf"}) {
      const Attack found = attacked(robsons_game(live_max, bound - 1), options_of(policy, 400));
      EXPECT_GT(found.worst.value, 0) << policy << " of " << live_max;
    }
  }
}

TEST(Attacks, FindNothingWhereFirstFitIsKnownNeverToRefuse) {
  // Decided in tests/phys/robson_test.cpp.
  const std::map<std::uint64_t, std::uint64_t> needed = {{3, 4}, {4, 6}, {5, 7}};
  for (const auto& [live_max, memory] : needed) {
    const Attack found = attacked(robsons_game(live_max, memory), options_of("first_fit", 300));
    EXPECT_EQ(found.worst.value, 0) << live_max;
    EXPECT_GT(attacked(robsons_game(live_max, memory - 1), options_of("first_fit", 400)).worst.value, 0) << live_max;
  }
}

TEST(Attacks, PrintAScenarioThatDoesWhatTheySay) {
  const AttackOptions options = options_of("best_fit", 200);
  const Attack found = attacked(robsons_game(4, 4), options);
  EXPECT_EQ(found.draws, 2U);
  EXPECT_THAT(found.text, HasSubstr("{replay: ["));
  const HostResult<Scenario> scenario = parse_scenario(found.text, "worst.yaml", options.load);
  ASSERT_TRUE(scenario) << render(scenario.error(), Colour::off);
  const HostResult<ScenarioRun> run = run_scenario(*scenario);
  ASSERT_TRUE(run);
  const auto measure = std::find_if(run->measures.begin(), run->measures.end(),
                                    [&](const Measure& one) { return one.name == options.measure; });
  ASSERT_NE(measure, run->measures.end());
  EXPECT_EQ(measure->value, found.worst.value);
}

TEST(Attacks, AreTheSameWhateverTheNumberOfJobsAndOthersFromAnotherSeed) {
  AttackOptions options = options_of("best_fit", 150);
  const Attack one = attacked(robsons_game(5, 6), options);
  options.jobs = 3;
  EXPECT_EQ(attacked(robsons_game(5, 6), options).text, one.text);
  options.load.seed = 77;
  EXPECT_NE(attacked(robsons_game(5, 6), options).text, one.text);
}

TEST(Attacks, KeepToWhatTheDrawsCouldGive) {
  const std::string text = R"(
memsim: 1
processes:
  - name: a
    program:
      - sleep: {uniform: [1s, 2s], max: 1500ms}
      - sleep: {exponential: {mean: 1s}, min: 3s, max: 4s}
)";
  AttackOptions options = options_of("buddy", 120);
  options.measure = "end_time_ns";
  const Attack found = attacked(text, options);
  EXPECT_GE(found.worst.value, 5'500'000'000);
  EXPECT_LT(found.worst.value, 5'501'000'000);
}

TEST(Attacks, SayWhatIsMissing) {
  AttackOptions options = options_of("buddy", 10);
  EXPECT_FALSE(attack("memsim: 1\nprocesses: [{name: a, program: [{sleep: 1s}]}]\n", options));
  options.measure = "nonsense";
  EXPECT_FALSE(attack(robsons_game(3, 3), options));
  EXPECT_FALSE(attack("nonsense", options));
}

TEST(DrawSites, AreTheDrawsInBracesThatLeaveAChoice) {
  const std::string text = R"(memsim: 1
processes:
  - name: a
    program:
      - sleep: {constant: 1s}  # {uniform: [1, 2]}
      - sleep: {uniform: [1s, 2s]}
      - sleep:
          uniform: [1s, 2s]
      - set: {n: {table: [{value: 1, weight: 1}, {value: 2, weight: 3}]}}
)";
  const HostResult<std::vector<DrawSite>> sites = draws_in(text, "my.yaml");
  ASSERT_TRUE(sites) << render(sites.error(), Colour::off);
  ASSERT_EQ(sites->size(), 2U);
  const auto text_of = [&](std::size_t i) {
    return text.substr((*sites)[i].begin, (*sites)[i].end - (*sites)[i].begin);
  };
  EXPECT_EQ(text_of(0), "{uniform: [1s, 2s]}");
  EXPECT_EQ(text_of(1), "{table: [{value: 1, weight: 1}, {value: 2, weight: 3}]}");
  EXPECT_EQ(written_replay((*sites)[0], {1, 2}), "{replay: [1ns, 2ns]}");
  EXPECT_EQ(written_replay((*sites)[1], {-3}), "{replay: [-3]}");
}

}  // namespace
}  // namespace memsim
