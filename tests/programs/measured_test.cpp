// Instructions of programs, measured and charged as simulated time.
#include <gmock/gmock.h>

#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Outcome measured(std::string_view more, const ProgramLimits& limits) {
  return run_programs("  - {name: actor, program: {run: ./acts, args: [calls, 10]" + std::string(more) + "}}\n",
                      limits);
}
SimTime end_of(const Outcome& run) { return run->exits.at(0).time; }

// What a counter of the processor would have told at each stop; nothing more after that.
int tell_counts(pid_t) {
  constexpr std::array<std::uint64_t, 4> kCounts = {5'000, 15'000, 15'900, 17'200};
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return -errno;
  const bool is_written = ::write(ends[1], kCounts.data(), sizeof kCounts) == sizeof kCounts;
  ::close(ends[1]);
  return is_written ? ends[0] : -EIO;
}

TEST(MeasuredPrograms, AreChargedForWhatTheyComputeBetweenTheirCallsInWholeThousands) {
  ProgramLimits limits;
  limits.count_instructions = tell_counts;
  const Outcome free = measured("", limits);
  const Outcome charged = measured(", per_1000_instructions: 1us", limits);
  // What it did before it began is not its own; 100 of the third count's instructions wait for the fourth.
  EXPECT_EQ(end_of(charged) - end_of(free), SimDuration(12'000));
  const Outcome both = measured(", per_1000_instructions: 1us, compute_per_call: 1us", limits);
  EXPECT_EQ(end_of(both) - end_of(free), SimDuration(22'000));
}

TEST(MeasuredPrograms, EndWithTheReasonWhereNoCounterIsToBeHad) {
  ProgramLimits limits;
  limits.count_instructions = [](pid_t) { return -EACCES; };
  const Outcome run = measured(", per_1000_instructions: 1us", limits);
  EXPECT_THAT(run->faults, ElementsAre(testing::AllOf(HasSubstr("cannot count the instructions of ./acts"),
                                                      HasSubstr("Permission denied"))));
  EXPECT_EQ(run->exits.at(0).record.cause, ExitCause::fault);
  EXPECT_THAT(measured("", limits)->faults, IsEmpty());
}

TEST(MeasuredPrograms, TakeTimeForALoopThatMakesNoCall) {
  const int counter = count_instructions_of_host(::getpid());
  if (counter < 0) GTEST_SKIP() << "no counter of instructions here: " << std::generic_category().message(-counter);
  ::close(counter);
  const auto looped = [](std::string_view more) {
    return run_programs("  - {name: actor, program: {run: ./acts, args: [compute]" + std::string(more) + "}}\n");
  };
  // Ten million rounds of more than one instruction each.
  EXPECT_GT(end_of(looped(", per_1000_instructions: 1us")) - end_of(looped("")), SimDuration(10'000'000));
}

TEST(MeasuredPrograms, AreToldOfInTheScenario) {
  const WorldConfig plain = load_with_programs(std::string(kFreeMachine) + "  - {name: a, program: {run: ./acts}}\n");
  const WorldConfig config = load_with_programs(
      std::string(kFreeMachine) + "  - {name: a, program: {run: ./acts, per_1000_instructions: 300ns}}\n");
  EXPECT_FALSE(has_measured_time(plain));
  EXPECT_TRUE(has_measured_time(config));
}

}  // namespace
}  // namespace memsim::test
