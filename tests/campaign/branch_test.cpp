// Branches of runs: a branch with nothing changed is the run, whatever the moment; and what is found by going back.
#include <memsim/campaign/branch/branch.hpp>

#include <filesystem>

#include <memsim/base/random.hpp>
#include <memsim/campaign/branch/last_grant.hpp>
#include <memsim/campaign/scenario_files.hpp>

namespace memsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Everything that a run tells, in order.
class Listener final : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& record) override {
    points.push_back({record.time().value(), record.sequence()});
    kinds.push_back(record.kind());
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> points;
  std::vector<RecordKind> kinds;
};

// The scenario with a branch for each list of assignments, named after the first value.
Scenario scenario_of(std::string_view text, const std::vector<std::vector<Override>>& branches = {}) {
  LoadOptions load;
  for (const std::vector<Override>& changes : branches) load.branches.push_back({changes.front().value, changes});
  HostResult<Scenario> scenario = parse_scenario(text, "my.yaml", load);
  if (!scenario) ADD_FAILURE() << render(scenario.error(), Colour::off);
  return std::move(*scenario);
}

TEST(Branches, WithNothingChangedAnyShippedScenarioEndsAsItsRunRecordByRecord) {
  const std::vector<std::string> folders = {MEMSIM_SOURCE_DIR "/scenarios"};
  const HostResult<FoundScenarios> found = find_scenarios(folders);
  ASSERT_TRUE(found);
  RandomStream draws(17);
  std::size_t branched = 0;
  for (const std::string& path : found->scenarios) {
    if (path.find("/published/") != std::string::npos) continue;  // minutes each
    LoadOptions load;
    load.until = "90s";
    HostResult<Scenario> scenario = load_scenario(path, load);
    ASSERT_TRUE(scenario) << render(scenario.error(), Colour::off);
    Listener all;
    RecordSink* const sinks[] = {&all};
    const HostResult<ScenarioRun> whole = run_scenario(*scenario, sinks, CappedRuns::keep);
    ASSERT_TRUE(whole) << path;
    for (int i = 0; i < 3; ++i) {
      const SimTime at(draws.below(std::max<std::uint64_t>(1, whole->summary.end_time.value())));
      HostResult<RunSession> trunk = RunSession::create(*scenario);
      ASSERT_TRUE(trunk);
      const HostResult<bool> goes_on = trunk->run_until(at);
      ASSERT_TRUE(goes_on);
      const std::uint64_t before = trunk->world().records().count();
      HostResult<RunSession> branch = trunk->branch();
      ASSERT_TRUE(branch) << render(branch.error(), Colour::off);
      ASSERT_TRUE(trunk->run());  // the copy shares nothing with it
      Listener rest;
      branch->subscribe(rest);
      if (*goes_on) {
        ASSERT_TRUE(branch->world().change({}));
      }
      HostResult<ScenarioRun> run = branch->run();
      ASSERT_TRUE(run);
      const auto from = static_cast<std::ptrdiff_t>(before);
      EXPECT_EQ(rest.points, decltype(all.points)(all.points.begin() + from, all.points.end())) << path;
      EXPECT_EQ(rest.kinds, decltype(all.kinds)(all.kinds.begin() + from, all.kinds.end())) << path;
      ScenarioRun expected = *whole;
      EXPECT_EQ(encode(result_of(std::move(*run))), encode(result_of(std::move(expected)))) << path;
      ++branched;
    }
  }
  EXPECT_GT(branched, 30U);
}

constexpr std::string_view kLost = R"(
memsim: 1
machine:
  regions: [{name: memory/ram/sysram, base: 16MiB, size: 4MiB}]
record: {every: 1s, probes: [{name: big, size: 2MiB}, {name: small, size: 4KiB}]}
processes:
  - name: good
    program:
      - sleep: 1s
      - shm_open: {name: /mine, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: [SHMCTL_ANON, SHMCTL_PHYS], size: 2MiB}
      - sleep: 3s
      - shm_unlink: /mine
      - close: $fd
      - sleep: 20s
  - name: bad
    program:
      - sleep: 2s
      - shm_open: {name: /first, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 12KiB}
      - sleep: 5s
      - shm_open: {name: /last, oflag: [O_RDWR, O_CREAT]}
        as: other
      - shm_ctl: {fd: $other, flags: [SHMCTL_ANON, SHMCTL_PHYS], size: 2MiB}
      - sleep: 5s
      - shm_open: {name: /none, oflag: [O_RDWR, O_CREAT]}
        as: third
      - shm_ctl: {fd: $third, flags: [SHMCTL_ANON, SHMCTL_PHYS], size: 2MiB}
        on_error: continue
      - sleep: 5s
)";

TEST(LastGrants, TheLastMomentAndWhoEndedItAreFound) {
  const Scenario scenario = scenario_of(kLost);
  const HostResult<LastGrant> grant = last_grant(scenario, "big");
  ASSERT_TRUE(grant) << render(grant.error(), Colour::off);
  ASSERT_TRUE(grant->lost);
  EXPECT_EQ(grant->lost->value() / 1'000'000'000, 7U);  // not at 2 s, after which it was granted again
  EXPECT_FALSE(grant->at_end);
  ASSERT_EQ(grant->takers.size(), 1U);
  EXPECT_EQ(grant->takers.front().process, "bad");
  EXPECT_EQ(grant->takers.front().object, "/last");
  EXPECT_THAT(render_text(*grant, "big"), HasSubstr("bad took 512 frames, contiguous, for /last"));
}

TEST(LastGrants, WhatIsNeverLostIsSaid) {
  const Scenario scenario = scenario_of(kLost);
  EXPECT_TRUE(last_grant(scenario, "small")->at_end);
  EXPECT_FALSE(last_grant(scenario, "nothing"));
}

TEST(Branches, AtFailureIsTheMomentBeforeTheFirstRefusal) {
  const Scenario scenario = scenario_of(kLost);
  const HostResult<RunSession> session = run_to(scenario, std::nullopt);
  ASSERT_TRUE(session) << render(session.error(), Colour::off);
  EXPECT_EQ(session->world().now().value() / 1'000'000'000, 12U);
}

Branches branches_of(const Scenario& scenario, SimTime at) {
  BranchOptions options;
  options.at = at;
  options.measures = {"allocations/*"};
  options.jobs = 2;
  HostResult<Branches> branches = branch(scenario, options);
  if (!branches) ADD_FAILURE() << render(branches.error(), Colour::off);
  return std::move(*branches);
}

TEST(Branches, AnotherPolicyTakesOverExactlyWhatIsInUse) {
  const Scenario scenario =
      scenario_of(kLost, {{{"policy", "tlsf"}}, {{"policy", "buddy"}, {"policy.placement", "lifo"}}});
  const Branches branches = branches_of(scenario, SimTime(3'000'000'000));
  EXPECT_THAT(branches.comparison.contestants, ElementsAre("as it is (buddy)", "tlsf", "buddy"));
  EXPECT_EQ(branches.results.front().fingerprint, run_scenario(scenario)->summary.fingerprint);
  EXPECT_NE(branches.results[1].fingerprint, branches.results[0].fingerprint);
  EXPECT_NE(branches.results[2].fingerprint, branches.results[1].fingerprint);
}

constexpr std::string_view kTwoCalls = R"(
memsim: 1
processes:
  - name: caller
    program:
      - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - ftruncate: {fd: $fd, size: 4KiB}
      - sleep: 2s
      - _MEM_OBJ_INFO: {fd: $fd, reply_bytes: 1KiB}
        on_error: continue
      - sleep: 2s
      - _MEM_OBJ_INFO: {fd: $fd, reply_bytes: 1KiB}
        on_error: continue
      - sleep: {uniform: [1s, 2s]}
  - {name: fleet, count: 3, program: [{sleep: 20s}]}
  - {name: template, start: never, program: [{sleep: 1s}]}
expect:
  - {calls: _MEM_OBJ_INFO, errno: EINVAL, equals: 0}
  - {count: processes_started, equals: 5}
  - {count: processes_killed, equals: 0}
)";
constexpr SimTime kBetween{3'000'000'000};

// Which expectations hold in the branch that is not the run itself.
std::vector<bool> holding_in(const RunResult& result) {
  std::vector<bool> holding;
  for (const Verdict& verdict : result.verdicts) holding.push_back(verdict.holds);
  return holding;
}

TEST(Branches, CostsChangeOnlyForWhatBeginsAfterwards) {
  constexpr std::string_view kCalls = R"(
memsim: 1
processes:
  - name: caller
    program:
      - sleep: 2s
      - shm_unlink: /a
        on_error: continue
      - sleep: 2s
      - shm_unlink: /a
        on_error: continue
)";
  const Scenario scenario =
      scenario_of(kCalls, {{{"machine.costs.memmgr_call", "1001us"}}, {{"machine.costs.memmgr_call", "1us"}}});
  const auto difference = [&](SimTime at) {
    const Branches branches = branches_of(scenario, at);
    EXPECT_EQ(branches.results[0].fingerprint, run_scenario(scenario)->summary.fingerprint);
    return branches.results[1].end_time - branches.results[2].end_time;
  };
  // Between these moments there is one call.
  EXPECT_EQ(difference(SimTime(1'000'000'000)) - difference(kBetween), SimDuration(1'000'000));
}

TEST(Branches, SemanticsChangeForTheCallsToCome) {
  const Scenario scenario = scenario_of(kTwoCalls, {{{"semantics.not_physical_errno", "EINVAL"}}});
  const Branches branches = branches_of(scenario, kBetween);
  EXPECT_THAT(holding_in(branches.results[0]), ElementsAre(true, true, true));
  EXPECT_THAT(holding_in(branches.results[1]), ElementsAre(false, true, true));
}

TEST(Branches, ProcessesStartAndEndAtThatMoment) {
  const Scenario scenario = scenario_of(
      kTwoCalls, {{{"spawn", "template*2"}}, {{"kill", "fleet"}}, {{"kill", "fleet.1"}, {"spawn", "fleet"}}});
  const Branches branches = branches_of(scenario, kBetween);
  EXPECT_THAT(holding_in(branches.results[0]), ElementsAre(true, true, true));
  EXPECT_THAT(holding_in(branches.results[1]), ElementsAre(true, false, true));
  EXPECT_THAT(holding_in(branches.results[2]), ElementsAre(true, true, false));
  EXPECT_THAT(holding_in(branches.results[3]), ElementsAre(true, false, false));
  // The spawned fleet member sleeps from that very moment on.
  EXPECT_GE(branches.results[3].end_time, kBetween + SimDuration(20'000'000'000));
  EXPECT_LT(branches.results[2].end_time, kBetween + SimDuration(20'000'000'000));
}

TEST(Branches, AnotherSeedMovesTheDrawsToComeAndNothingElse) {
  const Scenario scenario = scenario_of(kTwoCalls, {{{"seed", "1"}}, {{"seed", "2"}}});
  const Branches before = branches_of(scenario, kBetween);
  EXPECT_NE(before.results[1].fingerprint, before.results[0].fingerprint);  // the same seed is another stream, too
  EXPECT_NE(before.results[2].fingerprint, before.results[1].fingerprint);
  const Branches after = branches_of(scenario, SimTime(10'000'000'000));
  EXPECT_EQ(after.results[2].records, after.results[0].records);
  EXPECT_EQ(after.results[2].end_time, after.results[0].end_time);
}

TEST(Branches, AScenarioListsItsOwn) {
  const std::string text = std::string(kTwoCalls) + R"(
branches:
  at: 3s
  each:
    - {name: late, spawn: [template*2, fleet], kill: [fleet.0], seed: 7}
    - {name: other, policy: {name: buddy, placement: lifo}, costs: {frame_zero: 0}, semantics: {flags_of_6x: true}}
)";
  const Scenario scenario = scenario_of(text);
  EXPECT_EQ(scenario.branch_at, kBetween);
  ASSERT_EQ(scenario.branches.size(), 2U);
  const WorldChange& late = scenario.branches[0].change;
  ASSERT_EQ(late.spawn.size(), 2U);
  EXPECT_EQ(late.spawn[0].count, 2U);
  EXPECT_THAT(late.kill, ElementsAre("fleet.0"));
  EXPECT_EQ(late.seed, 7U);
  EXPECT_FALSE(late.costs);
  const WorldChange& other = scenario.branches[1].change;
  EXPECT_EQ(other.policy->options.at("placement"), "lifo");
  EXPECT_EQ(other.costs->frame_zero, SimDuration());
  EXPECT_EQ(other.costs->page_map, CostModel().page_map);
  EXPECT_TRUE(other.semantics->flags_of_6x);
  EXPECT_EQ(branches_of(scenario, *scenario.branch_at).results.size(), 3U);
  // Branches decide nothing of the run itself.
  EXPECT_EQ(run_scenario(scenario)->summary.fingerprint, run_scenario(scenario_of(kTwoCalls))->summary.fingerprint);
}

TEST(Branches, WhatCannotBeIsRefused) {
  const Scenario scenario = scenario_of(kTwoCalls, {{{"policy", "tlsf"}}});
  const auto at = [](SimTime time, std::vector<std::string> measures = {}) {
    return BranchOptions{time, std::move(measures), 1};
  };
  EXPECT_FALSE(branch(scenario, at(SimTime(1'000'000'000'000))));
  EXPECT_FALSE(branch(scenario, at(never())));
  EXPECT_FALSE(branch(scenario, at(SimTime(1), {"nonsense"})));
  EXPECT_FALSE(run_to(scenario_of("memsim: 1\nprocesses: [{name: a, program: [{sleep: 1s}]}]\n"), std::nullopt));
  const Scenario ended = scenario_of(kTwoCalls, {{{"kill", "caller"}}});
  const HostResult<Branches> nobody = branch(ended, at(SimTime(10'000'000'000)));
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().front().message, HasSubstr("no process 'caller' is alive"));
  EXPECT_THAT(nobody.error().front().message, HasSubstr("branch caller"));
}

TEST(Branches, WhatCannotChangeInTheMiddleIsRefusedByName) {
  const auto message_of = [](const Override& change) {
    LoadOptions load;
    load.branches = {{"it", {change}}};
    const HostResult<Scenario> scenario = parse_scenario(kTwoCalls, "my.yaml", load);
    return scenario ? std::string() : render(scenario.error(), Colour::off);
  };
  EXPECT_EQ(message_of({"machine.costs.page_map", "1us"}), "");
  EXPECT_THAT(message_of({"machine.cpus", "2"}), HasSubstr("machine.cpus cannot change"));
  EXPECT_THAT(message_of({"processes.caller.priority", "2"}), HasSubstr("processes.caller.priority cannot change"));
  EXPECT_THAT(message_of({"semantics.merge_touching_segments", "false"}),
              HasSubstr("semantics.merge_touching_segments cannot change"));
  EXPECT_THAT(message_of({"semantics.memmgr_priority_inheritance", "false"}),
              HasSubstr("semantics.memmgr_priority_inheritance cannot change"));
  EXPECT_THAT(message_of({"machine.costs.page_mop", "1us"}), HasSubstr("page_map"));
  EXPECT_THAT(message_of({"machine.costs.page_map", "1"}), HasSubstr("unit"));
  EXPECT_THAT(message_of({"policy", "budy"}), HasSubstr("buddy"));
  EXPECT_THAT(message_of({"policy.nonsense", "1"}), HasSubstr("nonsense"));
  EXPECT_THAT(message_of({"seed", "x"}), HasSubstr("seed"));
  EXPECT_THAT(message_of({"kill", "calle"}), HasSubstr("caller"));
  EXPECT_THAT(message_of({"spawn", "caller*0"}), HasSubstr("COUNT is 1 to"));
  EXPECT_THAT(message_of({"spawn", "templat"}), HasSubstr("template"));
}

TEST(Branches, ASectionsFaultsAreToldAtTheirPlaces) {
  const auto message_of = [](std::string_view section) {
    const std::string text = std::string(kTwoCalls) + std::string(section);
    const HostResult<Scenario> scenario = parse_scenario(text, "my.yaml");
    return scenario ? std::string() : render(scenario.error(), Colour::off);
  };
  EXPECT_THAT(message_of("branches: {at: soon, each: []}\n"), HasSubstr("at: "));
  EXPECT_THAT(message_of("branches: {each: []}\n"), HasSubstr("at"));
  EXPECT_THAT(message_of("branches: {at: 1s, each: [{policy: tlsf}]}\n"), HasSubstr("name"));
  EXPECT_THAT(message_of("branches: {at: 1s, each: [{name: a}, {name: a}]}\n"), HasSubstr("another branch"));
  EXPECT_THAT(message_of("branches: {at: 1s, each: [{name: a, kill: [nobody]}]}\n"), HasSubstr("no process 'nobody'"));
  EXPECT_THAT(message_of("branches: {at: 1s, each: [{name: a, semantics: {merge_touching_segments: false}}]}\n"),
              HasSubstr("cannot change in the middle"));
}

}  // namespace
}  // namespace memsim
