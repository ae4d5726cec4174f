// Programs: control flow, values and faults.
#include <gmock/gmock.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Programs, LoopsCountAndEnd) {
  const Outcome run = run_free(R"(
  - name: p
    program:
      - set: {sum: 0}
      - repeat:
          times: 4
          index: i
          do:
            - repeat:
                times: $i
                do: [{set: {sum: $sum + 1}}]
      - while:
          condition: $sum < 10
          do: [{set: {sum: $sum + 3}}]
      - repeat: {times: 0, do: [{note: never}]}
      - note: "${sum}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("12"));
}

TEST(Programs, ForeverEndsAtItsTime) {
  const Outcome run = run_free(R"(
  - name: p
    program:
      - set: {rounds: 0}
      - forever:
          until: 10ms
          do:
            - set: {rounds: $rounds + 1}
            - sleep: 3ms
      - note: "${rounds} ${now}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("4 12000000"));
}

TEST(Programs, ChooseFollowsItsWeights) {
  const Outcome run = run_free(R"(
  - name: p
    program:
      - set: {a: 0, b: 0}
      - repeat:
          times: 10000
          do:
            - choose:
                - {weight: 3, do: [{set: {a: $a + 1}}]}
                - {weight: 1, do: [{set: {b: $b + 1}}]}
                - {weight: 0, do: [{note: never}]}
            - sleep: 1us
      - if:
          condition: $a + $b == 10000 && $a > 7300 && $a < 7700
          then: [{note: as weighted}]
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("as weighted"));
}

TEST(Programs, AFailedCallGoesOnOrEndsTheProcessAsTheStepSays) {
  const Outcome run = run_free(R"(
  - name: goes_on
    program:
      - close: 99
      - note: went on
  - name: ends
    program:
      - close: 99
        on_error: exit
      - note: never
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("went on"));
  EXPECT_EQ(run->exits.size(), 2u);
}

TEST(Programs, ArithmeticThatCannotBeDoneIsAFaultOfThatProcessOnly) {
  const Outcome run = run_free(R"(
  - name: divides
    program: [{set: {zero: 0}}, {set: {x: 1 / $zero}}, {note: never}]
  - name: overflows
    program: [{set: {x: 0x7fffffffffffffff}}, {set: {y: $x + 1}}, {note: never}]
  - name: sleeps_backwards
    program: [{set: {x: 5}}, {sleep: 1 - $x}, {note: never}]
  - name: well
    program: [{sleep: 1ms}, {note: well}]
)");
  EXPECT_THAT(run->faults,
              testing::UnorderedElementsAre("division by zero", "arithmetic overflow", "a negative duration"));
  EXPECT_THAT(run->note_texts(), ElementsAre("well"));
  EXPECT_EQ(run->exits[0].record.cause, ExitCause::fault);
}

TEST(Programs, InstancesOfAFleetKnowTheirIndex) {
  const Outcome run = run_free(R"(
  - name: worker
    count: 3
    start_gap: 1ms
    program: [{note: "${index} ${pid} ${tid}"}]
)");
  EXPECT_THAT(run->named_notes(), ElementsAre("worker.0: 0 2 1", "worker.1: 1 3 1", "worker.2: 2 4 1"));
}

TEST(Programs, SpawnStartsAProcessThatDoesNotStartByItself) {
  const Outcome run = run_free(R"(
  - name: parent
    program:
      - spawn: child
        as: one
      - spawn: child
        as: two
      - note: "${one} ${two}"
  - name: child
    start: never
    program: [{note: "child ${index}"}]
)");
  EXPECT_THAT(run->note_texts(), testing::UnorderedElementsAre("3 4", "child 0", "child 1"));
}

TEST(Programs, AnInstanceGoesByItsFleetAndItsNumberInDecimal) {
  const Outcome run = run_free(R"(
  - name: worker
    count: 12
    program: [{sleep: 1s}]
  - name: caller
    start: 1ms
    program:
      - set: {n: 11}
      - kill: "worker.${n}"
        as: eleven
      - kill: "worker.${n}"
        as: again
      - kill: "worker.0${n - 4}"
        as: padded
      - kill: "worker.0x${n - 4}"
        as: hexadecimal
      - kill: "worker.${n + 1}"
        as: twelve
      - kill: "worker.${n}.${n}"
        as: nested
      - note: "${eleven.errno} ${again.errno} ${padded.errno} ${hexadecimal.errno} ${twelve.errno} ${nested.errno}"
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("0 3 3 3 3 3"));
}

TEST(Programs, ANameOfManySpawnedProcessesMeansAllThatAreAlive) {
  const Outcome run = run_free(R"(
  - name: parent
    program:
      - repeat: {times: 3, do: [{spawn: child}]}
      - kill: 4
      - kill: child
      - kill: child
        as: none
      - spawn: child
        as: late
      - kill: child
        as: last
      - note: "${none.errno} ${late} ${last.errno}"
  - name: child
    start: never
    program: [{sleep: 1s}]
)");
  EXPECT_THAT(run->note_texts(), ElementsAre("3 6 0"));
  EXPECT_EQ(run->exits.size(), 5u);
}

TEST(Programs, ThreadsOfAProcessDrawFromTheirOwnStreams) {
  const Outcome run = run_free(R"(
  - name: p
    program:
      - set: {x: {uniform: [0, 1000000000]}}
      - note: "${x}"
      - sleep: 1ms
    threads:
      - name: other
        program:
          - set: {x: {uniform: [0, 1000000000]}}
          - note: "${x}"
)");
  ASSERT_EQ(run->notes.size(), 2u);
  EXPECT_NE(run->notes[0].text, run->notes[1].text);
}

}  // namespace
}  // namespace memsim::test
