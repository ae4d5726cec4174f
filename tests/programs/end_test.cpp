// How programs of the host begin, end, fail and misbehave: a simulated process that ends, with a record that says how.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Children of this process, zombies too.
int children() {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");
    std::string text;
    if (!std::getline(file, text)) continue;
    int parent = 0;
    char state = 0;
    if (std::sscanf(text.c_str() + text.rfind(')') + 1, " %c %d", &state, &parent) == 2) count += parent == ::getpid();
  }
  return count;
}

ExitCause cause(const Outcome& run) { return run->exits.at(0).record.cause; }

TEST(Programs, OneThatReturnsIsAProcessThatFinishes) {
  const Outcome run = play("return");
  EXPECT_EQ(cause(run), ExitCause::finished);
  EXPECT_THAT(run->faults, IsEmpty());
  EXPECT_THAT(run->notes, IsEmpty());
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(Programs, AnExitStatusIsNoted) {
  const Outcome run = play("status");
  EXPECT_EQ(cause(run), ExitCause::finished);
  EXPECT_THAT(run->note_texts(), ElementsAre("exit status 3"));
}

TEST(Programs, ACrashEndsTheProcessAndKeepsWhatItSaid) {
  const Outcome run = play("crash");
  EXPECT_EQ(cause(run), ExitCause::fault);
  EXPECT_THAT(run->output, ElementsAre("actor: before"));
  EXPECT_THAT(run->faults, ElementsAre(HasSubstr("died of signal 11")));
  EXPECT_THAT(play("abort")->faults, ElementsAre(HasSubstr("died of signal 6")));
}

TEST(Programs, OneThatNeverAsksIsEndedAfterItsTime) {
  const Outcome run = run_programs(
      "  - {name: actor, program: {run: ./acts, args: [loop], host_seconds: 1}}\n"
      "  - {name: other, program: [sleep: 1ms, note: goes on]}\n");
  EXPECT_THAT(run->faults, ElementsAre(HasSubstr("no simulated call for 1 s")));
  EXPECT_THAT(run->note_texts(), ElementsAre("goes on"));
}

TEST(Programs, TheTwoStreamsAreKeptApart) {
  EXPECT_THAT(play("no_newline")->output, testing::UnorderedElementsAre("actor: no end", "actor! an error"));
}

TEST(Programs, MoreOutputThanAllowedEndsAProgramNotTheHost) {
  ProgramLimits limits;
  limits.output = Bytes(4);
  EXPECT_THAT(play("crash", limits)->faults, ElementsAre(HasSubstr("signal 25")));
}

TEST(Programs, WhatIsNotSimulatedIsRefusedByName) {
  const Outcome run = play("refused");
  EXPECT_THAT(run->output, ElementsAre("actor: all refused"));
  EXPECT_THAT(run->note_texts(),
              AllOf(Contains("refused: fork() is not simulated"), Contains("refused: system() is not simulated"),
                    Contains("refused: fopen() is not simulated"), Contains("refused: kill() is not simulated")));
}

TEST(Programs, SystemCallsPastTheLibraryAreRefusedToo) {
  const Outcome run = play("raw");
  EXPECT_THAT(run->output, ElementsAre("actor: all refused"));
  EXPECT_THAT(run->faults, IsEmpty());
}

TEST(Programs, TheLinkIsOutOfAProgramsReach) {
  EXPECT_THAT(play("close_link")->note_texts(), ElementsAre(HasSubstr("refused: system call")));
  EXPECT_THAT(play("nonsense_on_link")->note_texts(), ElementsAre(HasSubstr("refused: system call")));
}

TEST(Programs, RandomBytesInTheLinkHurtNobodyElse) {
  for (int seed = 1; seed <= 12; ++seed) {
    const Outcome run =
        run_programs("  - {name: actor, program: {run: ./acts, args: [scribble, " + std::to_string(seed) +
                     "], host_seconds: 1}}\n" + "  - {name: other, program: [sleep: 1ms, note: goes on]}\n");
    EXPECT_THAT(run->named_notes(), Contains("other: goes on")) << "seed " << seed;
  }
}

TEST(Programs, TimeIsTheSimulations) {
  EXPECT_THAT(play("time")->output, ElementsAre("actor: 10500253"));
  EXPECT_EQ(cause(play("poll_clock")), ExitCause::finished);
  EXPECT_EQ(cause(play("timeout")), ExitCause::finished);
}

TEST(Programs, EachCallIsPrecededByTheComputingThatTheScenarioCharges) {
  const Outcome free = run_programs("  - {name: actor, program: {run: ./acts, args: [calls, 10]}}\n");
  const Outcome charged =
      run_programs("  - {name: actor, program: {run: ./acts, args: [calls, 10], compute_per_call: 1us}}\n");
  ASSERT_EQ(free->exits.size(), 1u);
  EXPECT_EQ(charged->exits.at(0).time - free->exits.at(0).time, SimDuration(10'000));
}

TEST(Programs, ARunIsRepeatedExactly) {
  const auto run = [] {
    return run_programs(R"(
  - {name: server, program: {run: ./acts, args: [serve]}}
  - {name: client, start: 1us, program: {run: ./acts, args: [client]}}
  - {name: fleet, count: 20, start_gap: 3us, program: {run: ./acts, args: [contents]}}
)");
  };
  const Outcome first = run();
  const Outcome second = run();
  EXPECT_EQ(first.fingerprint, second.fingerprint);
  EXPECT_EQ(first->output, second->output);
}

TEST(Programs, RunsInParallelAreThemselves) {
  std::vector<std::uint64_t> fingerprints(4);
  std::vector<std::thread> threads;
  for (std::uint64_t& fingerprint : fingerprints) {
    threads.emplace_back([&fingerprint] { fingerprint = play("contents").fingerprint; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(fingerprints, testing::Each(fingerprints.front()));
}

TEST(Programs, AScenarioKillsThemAndNothingIsLeft) {
  const Outcome run = run_programs(R"(
  - {name: server, program: {run: ./acts, args: [serve]}}
  - {name: killer, program: [sleep: 1ms, kill: {process: server}]}
)");
  EXPECT_EQ(run->exits.size(), 2u);
  EXPECT_EQ(cause(run), ExitCause::killed);
  EXPECT_EQ(children(), 0);
}

TEST(Programs, OneThatStillWaitsAtTheEndIsEnded) {
  {
    World world = make_world(
        load_with_programs(std::string(kFreeMachine) + "  - {name: server, program: {run: ./acts, args: [serve]}}\n"));
    world.run();
    EXPECT_EQ(children(), 1);
  }
  EXPECT_EQ(children(), 0);
}

TEST(Programs, TheyDieWithTheSimulator) {
  // A simulator of its own, killed while its program waits.
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t simulator = ::fork();
  if (simulator == 0) {
    World world = make_world(load_with_programs(
        std::string(kFreeMachine) + "  - {name: actor, program: {run: ./acts, args: [loop], host_seconds: 60}}\n"));
    ::close(ends[0]);
    static_cast<void>(::write(ends[1], "x", 1) == 1);
    world.run();
    ::_exit(0);
  }
  ::close(ends[1]);
  char byte = 0;
  ASSERT_EQ(::read(ends[0], &byte, 1), 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ::kill(simulator, SIGKILL);
  ::waitpid(simulator, nullptr, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    std::string command((std::istreambuf_iterator<char>(file)), {});
    EXPECT_THAT(command, Not(testing::StartsWith(std::string_view("./acts\0loop", 11))));
  }
}

TEST(Programs, AWorldWithARunningProgramIsNotCopied) {
  World world = make_world(
      load_with_programs(std::string(kFreeMachine) + "  - {name: server, program: {run: ./acts, args: [serve]}}\n"));
  EXPECT_TRUE(world.can_be_copied());
  world.run_until(SimTime(1000));
  EXPECT_FALSE(world.can_be_copied());
}

HostError refused(std::string_view program, HostPrograms access) {
  LoadOptions options;
  options.host_programs = access;
  const auto scenario =
      parse_scenario(std::string(kFreeMachine) + "  - {name: actor, program: " + std::string(program) + "}\n",
                     MEMSIM_PROGRAM_DIR "/test.yaml", options);
  return scenario ? HostError{} : scenario.error();
}

TEST(Programs, AScenarioStartsNoneUnlessToldTo) {
  EXPECT_THAT(render(refused("{run: ./acts}", HostPrograms::refuse), Colour::off),
              AllOf(HasSubstr("test.yaml:11:34"), HasSubstr("process 'actor' starts the program './acts' of the host"),
                    HasSubstr("--programs")));
  EXPECT_THAT(refused("{run: ./acts}", HostPrograms::allow), IsEmpty());
}

TEST(Programs, TheyLieBesideTheScenario) {
  for (const char* elsewhere : {"/bin/true", "../acts", "./../programs/acts"}) {
    EXPECT_THAT(render(refused(std::string("{run: ") + elsewhere + "}", HostPrograms::start), Colour::off),
                HasSubstr("no path below the scenario's folder"));
  }
  EXPECT_THAT(render(refused("{run: ./none}", HostPrograms::start), Colour::off),
              AllOf(HasSubstr("there is no program"), HasSubstr("memsim cc")));
  EXPECT_THAT(render(refused("{run: ./acts, args: 3}", HostPrograms::start), Colour::off),
              HasSubstr("expected a list of texts"));
  EXPECT_THAT(render(refused("{args: []}", HostPrograms::start), Colour::off), HasSubstr("run"));
}

TEST(Programs, AProgramThatWasNotBuiltForItSaysSo) {
  const std::string name = MEMSIM_PROGRAM_DIR "/foreign";
  {
    std::ofstream script(name);
    script << "#!/bin/sh\nexit 4\n";
  }
  std::filesystem::permissions(name, std::filesystem::perms::owner_all);
  const Outcome run = run_programs("  - {name: actor, program: {run: ./foreign}}\n");
  EXPECT_THAT(run->note_texts(), ElementsAre("exit status 4"));
}

TEST(Programs, InCppWorkToo) {
  EXPECT_THAT(run_programs("  - {name: cpp, program: {run: ./in_cpp}}\n")->output, ElementsAre("cpp: segments 1"));
}

}  // namespace
}  // namespace memsim::test
