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

Scenario scenario_of(std::string_view text) {
  HostResult<Scenario> scenario = parse_scenario(text, "my.yaml");
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
      ASSERT_TRUE(trunk->run_until(at));
      const std::uint64_t before = trunk->world().records().count();
      HostResult<RunSession> branch = trunk->branch();
      ASSERT_TRUE(branch) << render(branch.error(), Colour::off);
      ASSERT_TRUE(trunk->run());  // the copy shares nothing with it
      Listener rest;
      branch->subscribe(rest);
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

TEST(Branches, AnotherPolicyTakesOverExactlyWhatIsInUse) {
  const Scenario scenario = scenario_of(kLost);
  BranchOptions options;
  options.policies = {"tlsf", "buddy:placement=lifo"};
  options.at = SimTime(3'000'000'000);
  options.measures = {"allocations/*"};
  options.jobs = 2;
  const HostResult<Branches> branches = branch(scenario, options);
  ASSERT_TRUE(branches) << render(branches.error(), Colour::off);
  EXPECT_THAT(branches->comparison.contestants, ElementsAre("as it is (buddy)", "tlsf", "buddy:placement=lifo"));
  EXPECT_EQ(branches->results.front().fingerprint, run_scenario(scenario)->summary.fingerprint);
  EXPECT_NE(branches->results[1].fingerprint, branches->results[0].fingerprint);
}

TEST(Branches, WhatCannotBeIsRefused) {
  const Scenario scenario = scenario_of(kLost);
  EXPECT_FALSE(branch(scenario, {{"nonsense"}, SimTime(1), {}, 1}));
  EXPECT_FALSE(branch(scenario, {{"buddy:nonsense=1"}, SimTime(1), {}, 1}));
  EXPECT_FALSE(branch(scenario, {{"tlsf"}, SimTime(1'000'000'000'000), {}, 1}));
  EXPECT_FALSE(branch(scenario, {{"tlsf"}, never(), {}, 1}));
  EXPECT_FALSE(branch(scenario, {{"tlsf"}, SimTime(1), {"nonsense"}, 1}));
  EXPECT_FALSE(run_to(scenario_of("memsim: 1\nprocesses: [{name: a, program: [{sleep: 1s}]}]\n"), std::nullopt));
}

}  // namespace
}  // namespace memsim
