// The promise: a run depends on the scenario, the seed and the version, and on nothing else.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

constexpr std::string_view kBusy = R"(
memsim: 1
seed: 11
machine:
  cpus: 2
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 64MiB}
record: {every: 10ms, probes: [{name: big, size: 4MiB}]}
until: 300ms
processes:
  - name: worker
    count: 20
    start_gap: 1ms
    program:
      - forever:
          - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
            as: fd
          - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: {lognormal: {median: 64KiB, sigma: 1.0}, min: 4KiB, max: 4MiB}}
          - _MEM_OBJ_INFO: {fd: $fd, reply_bytes: 1KiB}
          - sleep: {exponential: {mean: 2ms}}
          - close: $fd
)";

// A short run, to its natural end.
World ended_world(const std::string& more) {
  World world = make_world(load(more + R"(
memsim: 1
processes:
  - {name: sleeper, program: [{sleep: 10ms}]}
)"));
  EXPECT_EQ(world.run(), StopReason::finished);
  EXPECT_FALSE(world.run_until(never()));
  return world;
}

// What one process did, whatever else there was: the layouts it was told and when.
std::vector<std::string> life_of(const Outcome& run, std::string_view name) {
  std::vector<std::string> life;
  for (const auto& call : run->replied) {
    if (run->name_of_process(call.record.pid) != name) continue;
    life.push_back(std::to_string(call.record.sent.value()) + " " + std::string(call_name(call.record.call)));
  }
  return life;
}

TEST(Determinism, TheSameConfigurationGivesTheSameFingerprintAndAnotherSeedAnother) {
  const std::uint64_t first = run_text(kBusy).fingerprint;
  EXPECT_EQ(run_text(kBusy).fingerprint, first);
  LoadOptions other_seed;
  other_seed.seed = 12;
  EXPECT_NE(run_text(kBusy, other_seed).fingerprint, first);
}

TEST(Determinism, ACopyInTheMiddleContinuesExactlyAsTheOriginal) {
  World original = make_world(load(kBusy));
  ASSERT_TRUE(original.run_until(SimTime(123'456'789)));
  World copy = original;
  const std::uint64_t halfway = original.records().fingerprint();
  EXPECT_EQ(copy.records().fingerprint(), halfway);
  const Outcome first = finish(original);
  const Outcome second = finish(copy);
  EXPECT_NE(first.fingerprint, halfway);
  EXPECT_EQ(second.fingerprint, first.fingerprint);
  EXPECT_EQ(first.fingerprint, run_text(kBusy).fingerprint);
}

// A hash of each record.
struct RecordByRecord final : RecordSink {
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& view) override {
    view.visit([&](const auto& record) {
      Fingerprint one;
      one.add(view.time(), record);
      records.push_back(one.value());
    });
  }
  std::vector<std::uint64_t> records;
};

std::vector<std::uint64_t> rest_of(World world) {
  RecordByRecord rest;
  world.records().subscribe(rest);
  world.run();
  world.check_invariants();
  return std::move(rest.records);
}

TEST(Branch, InWhichNothingChangesIsTheRunRecordByRecord) {
  World run = make_world(load(kBusy));
  ASSERT_TRUE(run.run_until(SimTime(123'456'789)));
  const World branch = run;
  const std::vector<std::uint64_t> rest = rest_of(run);
  EXPECT_EQ(rest_of(branch), rest);
  EXPECT_GT(rest.size(), 100u);
}

TEST(Branch, UnderAnotherPolicyGoesOnFromTheSameFrames) {
  World run = make_world(load(kBusy));
  ASSERT_TRUE(run.run_until(SimTime(123'456'789)));
  const std::uint64_t halfway = run.records().fingerprint();
  for (const Policy& policy : policies()) {
    World branch = run;
    ASSERT_TRUE(branch.change({.policy = PolicyChoice{std::string(policy.name), {}}}));
    branch.check_invariants();
    EXPECT_EQ(branch.records().count(), run.records().count() + 1);
    EXPECT_FALSE(rest_of(branch).empty());
    EXPECT_EQ(run.records().fingerprint(), halfway);
  }
}

TEST(Branch, RefusesAPolicyThatDoesNotExistAndGoesOnAsBefore) {
  World run = make_world(load(kBusy));
  ASSERT_TRUE(run.run_until(SimTime(123'456'789)));
  World branch = run;
  EXPECT_FALSE(branch.change({.policy = PolicyChoice{"budy", {}}}));
  EXPECT_FALSE(branch.change({.policy = PolicyChoice{"buddy", {{"placement", "up"}}}}));
  EXPECT_EQ(rest_of(branch), rest_of(run));
}

TEST(Determinism, StoppingOnTheWayChangesNothing) {
  World world = make_world(load(kBusy));
  for (std::uint64_t ms = 1; ms < 300; ms += 7) world.run_until(SimTime(ms * 1'000'000));
  EXPECT_EQ(finish(world).fingerprint, run_text(kBusy).fingerprint);
}

TEST(Determinism, SubscribersChangeNothing) {
  World world = make_world(load(kBusy));
  world.run();
  EXPECT_EQ(world.records().fingerprint(), run_text(kBusy).fingerprint);
}

TEST(Determinism, AnIdleProcessMovesNoOtherProcessesDrawsOrTimes) {
  const Outcome without = run_text(kBusy);
  const Outcome with = run_text(std::string(kBusy) + R"(
  - name: idle
    priority: 1
    start: 50ms
    program: [{sleep: 100ms}]
)");
  for (const char* name : {"worker.0", "worker.7", "worker.19"}) {
    EXPECT_EQ(life_of(with, name), life_of(without, name)) << name;
  }
}

TEST(Determinism, SamplingMoreOftenMovesNobody) {
  const Outcome seldom = run_text(kBusy);
  LoadOptions options;
  options.set.push_back({"record.every", "1ms"});
  options.set.push_back({"record.at_each_change", "true"});
  const Outcome often = run_text(kBusy, options);
  EXPECT_GT(often->probes.size(), seldom->probes.size());
  EXPECT_EQ(life_of(often, "worker.3"), life_of(seldom, "worker.3"));
}

TEST(Determinism, ASampleThatIsDueKeepsNoRunGoing) {
  const World seldom = ended_world("record: {every: 1h}\n");
  const World often = ended_world("record: {every: 3ms}\n");
  EXPECT_EQ(seldom.now(), ended_world("").now());
  EXPECT_EQ(often.now(), seldom.now());
}

TEST(Determinism, AnotherPolicySeesTheSameDraws) {
  LoadOptions options;
  options.set.push_back({"policy.placement", "lifo"});
  const Outcome other = run_text(std::string(kBusy) + "policy: {name: buddy, placement: lowest}\n", options);
  const Outcome first = run_text(kBusy);
  std::vector<std::uint64_t> sizes_first;
  std::vector<std::uint64_t> sizes_other;
  for (const KeptReply& reply : first->replies) sizes_first.push_back(reply.record.object_size.count());
  for (const KeptReply& reply : other->replies) sizes_other.push_back(reply.record.object_size.count());
  ASSERT_FALSE(sizes_first.empty());
  std::sort(sizes_first.begin(), sizes_first.end());
  std::sort(sizes_other.begin(), sizes_other.end());
  EXPECT_EQ(sizes_first, sizes_other);
}

TEST(Caps, AProgramThatNeverLetsTimePassIsStopped) {
  const Outcome run = run_free(R"(
  - name: p
    program:
      - set: {x: 0}
      - while: {condition: $x < 5, do: [{set: {x: 1}}]}
)");
  EXPECT_EQ(run.reason, StopReason::instant_cap);
  EXPECT_EQ(run.cap, "limits.events_at_one_instant");
}

TEST(Caps, AForkBombIsStopped) {
  const Outcome run = run_text(std::string(kFreeMachine) + R"(
  - name: bomb
    program:
      - forever:
          - spawn: bomb
          - sleep: 1us
limits: {processes: 1000}
)");
  EXPECT_EQ(run.reason, StopReason::resource_cap);
  EXPECT_EQ(run.cap, "limits.processes");
}

TEST(Caps, EventsAreCounted) {
  const Outcome run = run_text(std::string(kFreeMachine) + R"(
  - name: p
    program:
      - forever: [{sleep: 1us}]
limits: {events: 5000}
)");
  EXPECT_EQ(run.reason, StopReason::event_cap);
}

TEST(Deadlocks, ACircleOfSendsIsFoundWhenItCloses) {
  const Outcome run = run_file("deadlock.yaml");
  ASSERT_EQ(run->deadlocks.size(), 1u);
  EXPECT_EQ(run->deadlocks[0].size(), 3u);
  EXPECT_EQ(run.reason, StopReason::deadlock);
}

TEST(Deadlocks, ACircleWithAThreadThatCanStillReceiveIsNone) {
  const Outcome run = run_free(R"(
  - name: a
    program:
      - ChannelCreate: {}
        as: chid
      - sleep: 1ms
      - ConnectAttach: {process: b}
        as: coid
      - MsgSend: {coid: $coid}
    threads:
      - name: helper
        program:
          - sleep: 10ms
          - MsgReceive: {chid: 1}
            as: msg
          - MsgReply: {rcvid: $msg}
          - sleep: 10ms
  - name: b
    program:
      - ChannelCreate: {}
        as: chid
      - sleep: 2ms
      - ConnectAttach: {process: a}
        as: coid
      - MsgSend: {coid: $coid}
      - MsgReceive: {chid: $chid, timeout: 1ms}
        as: msg
)");
  EXPECT_TRUE(run->deadlocks.empty());
}

}  // namespace
}  // namespace memsim::test
