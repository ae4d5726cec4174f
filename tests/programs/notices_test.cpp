// What a driver in C is told: interrupts, timers, events, names, and who its clients are.
#include <gmock/gmock.h>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;

Outcome run_with_source(std::string_view processes) {
  std::string text(kFreeMachine);
  text.insert(text.find("machine:\n") + 9, "  interrupts: [{name: nic, vector: 7, every: 1ms}]\n");
  return run_config(load_with_programs(text + std::string(processes)));
}

TEST(ProgramNotices, ADriverServesInterruptsATimerAndClientsThatWantToBeTold) {
  const Outcome run = run_with_source(R"(
  - {name: driver, priority: 20, program: {run: ./acts, args: [driver]}}
  - {name: client, start: 1us, priority: 15, program: {run: ./acts, args: [told_client]}}
)");
  EXPECT_THAT(run->output, ElementsAre("driver: client at priority 15 over 0, scoid 60000003", "client: told 3 4711",
                                       "driver: ticks 8 at 4 ms", "client: told 3 4711", "driver: done"));
  EXPECT_EQ(run.reason, StopReason::finished);
}

TEST(ProgramNotices, AThreadWaitsForInterrupts) {
  const Outcome run = run_with_source("  - {name: ist, program: {run: ./acts, args: [interrupt_thread]}}\n");
  EXPECT_THAT(run->output, ElementsAre("ist: at 1300 us"));
}

TEST(ProgramNotices, AServerNeedsNoMoreNumbersThanItHasClientsHoweverManyDie) {
  const Outcome run = run_programs(R"(
  - {name: server, program: {run: ./acts, args: [serve_mortals, "1000"]}}
  - name: mortal
    count: 1000
    start: 1us
    start_gap: 1us
    program:
      - ConnectAttach: {process: server}
        as: coid
      - MsgSend: {coid: $coid, timeout: 10us}
)");
  EXPECT_THAT(run->output, ElementsAre("server: the last was small"));
}

}  // namespace
}  // namespace memsim::test
