// The world that a scenario describes, and overrides of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/program_text.hpp"

namespace memsim {
namespace {

using testing::faults_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::loaded;

constexpr std::string_view kFull = R"(memsim: 1
title: everything
seed: 0x2a
until: 24h
machine:
  page_size: 16KiB
  cpus: 2
  timeslice: 10ms
  regions:
    - {name: memory/below4G/ram/sysram, base: 0x100000, size: 64MiB, preference: -1}
    - {name: memory/ram/sysram, base: 4GiB, size: 1024pages, general: false}
  reservations: [{name: firmware, base: 1MiB, size: 1page}]
  memory_manager: {threads: 3, priority: 11}
  contiguous_failure: defragment
  costs: {segment_walk: 30ns, process_exit: 0}
policy: {name: buddy, placement: lifo, top_order: 10}
semantics: {not_physical_errno: EINVAL, merge_touching_segments: false, already_special_errno: EBADF}
record:
  every: 1min
  at_each_change: true
  segment_lengths: true
  probes:
    - {name: low, size: 4MiB, alignment: 1MiB, boundary: 16MiB, above: 1MiB, below: 4GiB}
    - {name: any, size: 1page, contiguous: false}
limits: {events: 1000, processes: 5}
processes:
  - name: client
    count: 3
    priority: 20
    scheduling: fifo
    start: 10ms
    start_gap: 1ms
    abilities: [mem_phys]
    uid: 100
    umask: 0o022
    program: [{sleep: 1ms}]
    threads:
      - {name: io, priority: 12, program: [exit]}
      - {name: log, program: [exit]}
  - {name: helper, start: never, abilities: none, program: [exit]}
)";

TEST(World, EveryKeyReachesItsPlace) {
  const Scenario scenario = loaded(kFull);
  const WorldConfig& world = scenario.world;
  EXPECT_EQ(scenario.title, "everything");
  EXPECT_EQ(world.seed, 42u);
  EXPECT_EQ(world.until, SimTime(86'400'000'000'000));
  EXPECT_EQ(world.memory.page_size, PageSize(14));
  EXPECT_EQ(world.cpus, 2u);
  EXPECT_EQ(world.timeslice, SimDuration(10'000'000));
  ASSERT_EQ(world.memory.regions.size(), 2u);
  EXPECT_EQ(world.memory.regions[0].preference, -1);
  EXPECT_TRUE(world.memory.regions[0].general);
  EXPECT_EQ(world.memory.regions[1].base, PhysAddr(0x100000000));
  EXPECT_EQ(world.memory.regions[1].size, Bytes(16 << 20));
  EXPECT_FALSE(world.memory.regions[1].general);
  ASSERT_EQ(world.memory.reservations.size(), 1u);
  EXPECT_EQ(world.memory.reservations[0].size, Bytes(16384));
  EXPECT_EQ(world.memmgr.threads, 3u);
  EXPECT_EQ(world.memmgr.priority, 11);
  EXPECT_EQ(world.contiguous_failure, ContiguousFailure::defragment);
  EXPECT_EQ(world.costs.segment_walk, SimDuration(30));
  EXPECT_EQ(world.costs.process_exit, SimDuration(0));
  EXPECT_EQ(world.costs.segment_seek, CostModel().segment_seek);
  EXPECT_EQ(world.memory.policy, "buddy");
  EXPECT_EQ(world.memory.policy_options.at("placement"), "lifo");
  EXPECT_EQ(world.memory.policy_options.at("top_order"), "10");
  EXPECT_EQ(world.semantics.not_physical_errno, Errno::einval);
  EXPECT_FALSE(world.semantics.merge_touching_segments);
  EXPECT_EQ(world.semantics.already_special_errno, Errno::ebadf);
  EXPECT_EQ(world.record.every, SimDuration(60'000'000'000));
  EXPECT_TRUE(world.record.at_each_change);
  EXPECT_TRUE(world.record.segment_lengths);
  EXPECT_EQ(world.limits.events, 1000u);
  EXPECT_EQ(world.limits.processes, 5u);
}

TEST(World, ProbesHaveInclusiveWindows) {
  const RecordConfig record = loaded(kFull).world.record;
  ASSERT_EQ(record.probes.size(), 2u);
  EXPECT_EQ(record.probes[0].window_first, PhysAddr(1 << 20));
  EXPECT_EQ(record.probes[0].window_last, PhysAddr(0xffffffff));
  EXPECT_EQ(record.probes[0].alignment, Bytes(1 << 20));
  EXPECT_EQ(record.probes[0].contiguity, Contiguity::contiguous);
  EXPECT_EQ(record.probes[1].window_last, PhysAddr::max());
  EXPECT_EQ(record.probes[1].contiguity, Contiguity::scattered);
}

TEST(World, ProcessesAndThreadsInheritFromTheirProcess) {
  const auto processes = loaded(kFull).world.processes;
  ASSERT_EQ(processes.size(), 2u);
  const ProcessConfig& client = processes[0];
  EXPECT_TRUE(client.fleet);
  EXPECT_EQ(client.count, 3u);
  EXPECT_EQ(client.start_at, SimTime(10'000'000));
  EXPECT_EQ(client.start_gap, SimDuration(1'000'000));
  EXPECT_TRUE(client.abilities.mem_phys);
  EXPECT_FALSE(client.abilities.mem_lock);
  EXPECT_EQ(client.uid, 100u);
  EXPECT_EQ(client.umask, 022);
  ASSERT_EQ(client.threads.size(), 3u);
  EXPECT_EQ(client.threads[0].name, "main");
  EXPECT_EQ(client.threads[0].scheduling, Scheduling::fifo);
  EXPECT_EQ(client.threads[1].priority, 12);
  EXPECT_EQ(client.threads[2].priority, 20);
  EXPECT_EQ(client.threads[2].scheduling, Scheduling::fifo);
  EXPECT_FALSE(processes[1].start);
  EXPECT_FALSE(processes[1].fleet);
  EXPECT_EQ(processes[1].abilities, (Abilities{false, false, false, false, false, false}));
}

TEST(World, WhatAFileLeavesOutHasItsDefault) {
  const WorldConfig world = loaded("memsim: 1\nprocesses: [{name: a, program: [exit]}]\n").world;
  const WorldConfig defaults;
  EXPECT_EQ(world.seed, defaults.seed);
  EXPECT_EQ(world.until, never());
  EXPECT_EQ(world.costs, CostModel());
  EXPECT_EQ(world.semantics, Semantics());
  ASSERT_EQ(world.memory.regions.size(), 1u);
  EXPECT_EQ(world.memory.regions[0].name, "memory/below4G/ram/sysram");
  EXPECT_EQ(world.memory.regions[0].base, PhysAddr(1 << 20));
  EXPECT_EQ(world.memory.regions[0].size, Bytes(64 << 20));
  EXPECT_EQ(world.processes[0].abilities, Abilities());
}

TEST(World, TheDefaultRegionFitsLargePages) {
  const WorldConfig world =
      loaded("memsim: 1\nmachine: {page_size: 1GiB}\nprocesses: [{name: a, program: [exit]}]\n").world;
  EXPECT_EQ(world.memory.regions[0].base, PhysAddr(1 << 30));
  EXPECT_EQ(world.memory.regions[0].size, Bytes(1 << 30));
}

TEST(World, MoreProcessesAreAllowedWhereTheLimitIsRaised) {
  const std::string fleet = "memsim: 1\nprocesses: [{name: a, count: 100000, program: [exit]}]\n";
  EXPECT_THAT(faults_of(fleet), HasSubstr("at most 65536 may live at once"));
  EXPECT_THAT(faults_of(fleet + "limits: {processes: 100000}\n"), IsEmpty());
}

LoadOptions with(std::vector<Override> set) {
  LoadOptions options;
  options.set = std::move(set);
  return options;
}

TEST(Override, ReplacesAScalarByPathIndexAndName) {
  const WorldConfig world = loaded(kFull, with({{"machine.regions[0].size", "128MiB"},
                                                {"processes.client.priority", "30"},
                                                {"processes.client.threads.io.priority", "31"},
                                                {"processes[1].uid", "7"},
                                                {"machine.costs.segment_walk", "1us"},
                                                {"processes.client.program[0].sleep", "2ms"}}))
                                .world;
  EXPECT_EQ(world.memory.regions[0].size, Bytes(128 << 20));
  EXPECT_EQ(world.processes[0].threads[0].priority, 30);
  EXPECT_EQ(world.processes[0].threads[1].priority, 31);
  EXPECT_EQ(world.processes[1].uid, 7u);
  EXPECT_EQ(world.costs.segment_walk, SimDuration(1000));
  EXPECT_EQ(world.processes[0].threads[0].program->steps[0].operands[0].value, 2'000'000);
}

TEST(Override, AddsWhatTheFileLeftOut) {
  const WorldConfig world = loaded("memsim: 1\nprocesses: [{name: a, program: [exit]}]\n",
                                   with({{"seed", "9"}, {"machine.costs.msg_send", "5ns"}, {"record.every", "1s"}}))
                                .world;
  EXPECT_EQ(world.seed, 9u);
  EXPECT_EQ(world.costs.msg_send, SimDuration(5));
  EXPECT_EQ(world.record.every, SimDuration(1'000'000'000));
}

TEST(Override, TheLaterOneWins) { EXPECT_EQ(loaded(kFull, with({{"seed", "1"}, {"seed", "2"}})).world.seed, 2u); }

TEST(Override, AChangedAliasLeavesTheOtherUsesAlone) {
  const WorldConfig world =
      loaded("memsim: 1\nprocesses: [{name: a, program: &p [{sleep: 1ms}]}, {name: b, program: *p}]\n",
             with({{"processes.b.program[0].sleep", "3ms"}}))
          .world;
  EXPECT_EQ(world.processes[0].threads[0].program->steps[0].operands[0].value, 1'000'000);
  EXPECT_EQ(world.processes[1].threads[0].program->steps[0].operands[0].value, 3'000'000);
}

TEST(Override, OptionsOfThePolicyGrowOutOfItsShortForm) {
  const std::string text = "memsim: 1\npolicy: buddy\nprocesses: [{name: a, program: [exit]}]\n";
  EXPECT_EQ(loaded(text, with({{"policy.placement", "lifo"}})).world.memory.policy_options.at("placement"), "lifo");
}

TEST(Override, ThePolicyAsAWholeForgetsItsOptions) {
  LoadOptions options = with({{"policy", "buddy"}});
  options.seed = 77;
  options.until = "5s";
  const WorldConfig world = loaded(kFull, options).world;
  EXPECT_TRUE(world.memory.policy_options.empty());
  EXPECT_EQ(world.seed, 77u);
  EXPECT_EQ(world.until, SimTime(5'000'000'000));
}

TEST(Override, FaultsNameTheOverride) {
  const auto fault = [](const char* path, const char* value) { return faults_of(kFull, with({{path, value}})); };
  EXPECT_THAT(fault("sed", "1"), HasSubstr("--set sed=1: a scenario has no key 'sed'\n help: did you mean 'seed'?"));
  EXPECT_THAT(fault("seed", "x"), HasSubstr("--set seed=x: seed: \"x\": expected a number"));
  EXPECT_THAT(fault("machine.regions[2].size", "1MiB"), HasSubstr("there is no item [2]; the list has 2"));
  EXPECT_THAT(fault("processes.clint.uid", "1"),
              HasSubstr("no item of the list is named 'clint'\n help: did you mean 'client'?"));
  EXPECT_THAT(fault("machine", "1"), HasSubstr("the path leads to a map"));
  EXPECT_THAT(fault("processes", "1"), HasSubstr("the path leads to a list"));
  EXPECT_THAT(fault("seed[0]", "1"), HasSubstr("[0] needs a list"));
  for (const char* path : {"", ".", "a.", ".a", "a..b", "a[", "a[x]", "[0]", "a[0]b", "a[-1]", "a[]"}) {
    EXPECT_THAT(fault(path, "1"), HasSubstr("the path is malformed")) << path;
  }
}

}  // namespace
}  // namespace memsim
