// Steps: what each compiles to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memsim/kernel/call_table.hpp>

#include "scenario/program_text.hpp"

namespace memsim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = Step::Kind;
using testing::compiled;
using testing::faults_of;
using testing::loaded;
using testing::scenario_with;

std::vector<Kind> kinds_of(const Program& program) {
  std::vector<Kind> kinds;
  for (const Step& step : program.steps) kinds.push_back(step.kind);
  return kinds;
}

// The operand of a call's parameter, by its name.
Operand argument(const Step& step, std::string_view name) {
  const auto parameters = signature_of(step.call).parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name == name) return step.operands[i];
  }
  ADD_FAILURE() << "no parameter " << name;
  return {};
}

TEST(Program, ACallTakesItsParametersInTheOrderOfTheTable) {
  const Program program = compiled(
      "- {shm_open: {mode: 0o600, name: /myshmem, oflag: [O_RDWR, O_CREAT, O_TRUNC]}, as: fd, on_error: exit}\n"
      "- shm_ctl: {fd: $fd, flags: SHMCTL_ANON | SHMCTL_PHYS, size: 8pages, paddr: 0x1000}\n"
      "- _MEM_OBJ_INFO: {fd: $fd, length: SIZE_MAX}");
  ASSERT_THAT(kinds_of(program), ElementsAre(Kind::call, Kind::call, Kind::call, Kind::finish));
  const Step& open = program.steps[0];
  EXPECT_EQ(open.call, Call::shm_open);
  EXPECT_TRUE(open.exit_on_error);
  EXPECT_EQ(open.result, kFirstFreeSlot);
  EXPECT_EQ(open.line, 5u);
  EXPECT_EQ(argument(open, "oflag").value, 0x302);
  EXPECT_EQ(argument(open, "mode").value, 0600);
  EXPECT_EQ(argument(open, "name").kind, Operand::Kind::text);
  EXPECT_EQ(program.texts[0].pieces[0].literal, "/myshmem");
  EXPECT_EQ(argument(program.steps[1], "flags").value, 3);
  EXPECT_EQ(argument(program.steps[1], "size").value, 8 * 4096);
  EXPECT_EQ(argument(program.steps[1], "paddr").value, 0x1000);
  EXPECT_EQ(argument(program.steps[1], "special").kind, Operand::Kind::absent);
  EXPECT_FALSE(program.steps[1].exit_on_error);
  EXPECT_EQ(argument(program.steps[2], "length").value, -1);
  EXPECT_EQ(program.steps[2].result, kNoSlot);
}

TEST(Program, ABareValueIsTheOnlyParameterThatMustBeGiven) {
  const Program program =
      compiled("- close: 3\n- shm_unlink: /x\n- ChannelCreate\n- ChannelCreate:\n- MsgReceive: 1\n- kill: a");
  EXPECT_EQ(argument(program.steps[0], "fd").value, 3);
  EXPECT_EQ(argument(program.steps[1], "name").kind, Operand::Kind::text);
  EXPECT_EQ(program.steps[2].call, Call::channel_create);
  EXPECT_EQ(program.steps[3].call, Call::channel_create);
  EXPECT_EQ(argument(program.steps[4], "chid").value, 1);
  EXPECT_EQ(argument(program.steps[5], "process").kind, Operand::Kind::text);
}

TEST(Program, EveryCallOfTheTableCanBeWritten) {
  for (const CallSignature& call : call_table()) {
    std::string step = "- " + std::string(call_name(call.call)) + ": {";
    for (const Parameter& parameter : call.parameters) {
      step += std::string(parameter.name) + ": ";
      switch (parameter.type) {
        case ParameterType::integer:
          step += "3";
          break;
        case ParameterType::bytes:
          step += "4KiB";
          break;
        case ParameterType::duration:
          step += "5ms";
          break;
        case ParameterType::address:
          step += "0x1000";
          break;
        case ParameterType::flags:
        case ParameterType::choice:
          step += std::string(parameter.names.back().name);
          break;
        case ParameterType::text:
        case ParameterType::process:
          step += "a";
          break;
      }
      step += ", ";
    }
    const Program program = compiled(step + "}");
    ASSERT_EQ(program.steps.size(), 2u) << step;
    EXPECT_EQ(program.steps[0].call, call.call);
    for (std::size_t i = 0; i < call.parameters.size(); ++i) {
      EXPECT_NE(program.steps[0].operands[i].kind, Operand::Kind::absent) << step;
    }
  }
}

TEST(Program, AResultHasSlotsForItsValueErrnoAndFields) {
  const Program program = compiled(
      "- {shm_open: /x, as: fd}\n"
      "- {_MEM_OBJ_INFO: $fd, as: info}\n"
      "- set: {x: $info, e: $info.errno, end: $info.end, first: $info.first_paddr, n: $fd.errno}");
  EXPECT_EQ(program.steps[0].result, 5);
  EXPECT_EQ(program.steps[1].result, 7);
  EXPECT_EQ(program.steps[2].operands[0].value, 7);
  EXPECT_EQ(program.steps[3].operands[0].value, 8);
  EXPECT_EQ(program.steps[4].operands[0].value, 9);
  EXPECT_EQ(program.steps[5].operands[0].value, 10);
  EXPECT_EQ(program.steps[6].operands[0].value, 6);
  EXPECT_EQ(program.steps[2].result, 13);
  EXPECT_EQ(program.slot_count, 18u);
}

TEST(Program, ANameThatLaterHoldsMoreGetsItsRoomFromTheStart) {
  const Program program =
      compiled("- {close: 3, as: r}\n- set: {x: $r.errno}\n- {_MEM_INFO: , as: r}\n- set: {y: $r.free, z: $x}");
  EXPECT_EQ(program.steps[0].result, 5);
  EXPECT_EQ(program.steps[1].result, 8);
  EXPECT_EQ(program.steps[3].operands[0].value, 7);
  EXPECT_EQ(program.steps[4].operands[0].value, 8);
}

TEST(Program, RepeatCountsInItsIndexAndHidesItsLimit) {
  const Program program =
      compiled("- repeat: {times: 8, index: i, do: [{sleep: $i * 1ms}, {repeat: {times: $i, do: []}}]}");
  ASSERT_THAT(kinds_of(program), ElementsAre(Kind::loop_begin, Kind::sleep, Kind::loop_begin, Kind::loop_end,
                                             Kind::loop_end, Kind::finish));
  EXPECT_EQ(program.steps[0].result, 5);
  EXPECT_EQ(program.steps[0].operands[0].value, 8);
  EXPECT_EQ(program.steps[0].target, 5u);
  EXPECT_EQ(program.steps[4].target, 1u);
  EXPECT_EQ(program.steps[4].result, 5);
  EXPECT_EQ(program.steps[2].result, 7);
  EXPECT_EQ(program.steps[2].target, 4u);
  EXPECT_EQ(program.slot_count, 9u);
}

TEST(Program, ForeverJumpsBackAndLeavesWhenItIsLate) {
  const Program endless = compiled("- forever: [{sleep: 1ms}]");
  EXPECT_THAT(kinds_of(endless), ElementsAre(Kind::sleep, Kind::jump, Kind::finish));
  EXPECT_EQ(endless.steps[1].target, 0u);
  const Program bounded = compiled("- forever: {until: 24h, do: [{sleep: 1ms}]}");
  ASSERT_THAT(kinds_of(bounded), ElementsAre(Kind::jump_if_late, Kind::sleep, Kind::jump, Kind::finish));
  EXPECT_EQ(bounded.steps[0].operands[0].value, 86'400'000'000'000);
  EXPECT_EQ(bounded.steps[0].target, 3u);
  EXPECT_EQ(bounded.steps[2].target, 0u);
}

TEST(Program, WhileAndIfJumpOnZero) {
  const Program loop = compiled("- set: {end: 0}\n- while: {condition: $end < 32KiB, do: [{set: {end: $end + 4KiB}}]}");
  ASSERT_THAT(kinds_of(loop), ElementsAre(Kind::assign, Kind::jump_if_zero, Kind::assign, Kind::jump, Kind::finish));
  EXPECT_EQ(loop.steps[1].target, 4u);
  EXPECT_EQ(loop.steps[3].target, 1u);
  const Program both = compiled("- if: {condition: $now, then: [{sleep: 1ms}], else: [{compute: 1ms}]}");
  ASSERT_THAT(kinds_of(both), ElementsAre(Kind::jump_if_zero, Kind::sleep, Kind::jump, Kind::compute, Kind::finish));
  EXPECT_EQ(both.steps[0].target, 3u);
  EXPECT_EQ(both.steps[2].target, 4u);
  const Program only_then = compiled("- if: {condition: $now, then: [{sleep: 1ms}]}");
  EXPECT_EQ(only_then.steps[0].target, 2u);
}

TEST(Program, ChooseHasCumulativeWeightsAndATargetForEachBranch) {
  const Program program = compiled(
      "- choose: [{weight: 3, do: [{sleep: 1ms}, {sleep: 2ms}]}, {weight: 0, do: []}, {weight: 5, do: [exit]}]\n- "
      "note: end");
  ASSERT_EQ(program.choices.size(), 1u);
  EXPECT_THAT(program.choices[0].cumulative_weight, ElementsAre(3, 3, 8));
  EXPECT_THAT(program.choices[0].target, ElementsAre(1, 4, 5));
  EXPECT_EQ(program.steps[3].target, 7u);
  EXPECT_EQ(program.steps[7].kind, Kind::note);
}

TEST(Program, TextsHoldValues) {
  const Program program = compiled(
      "- {shm_open: \"/buf.${index}\", as: fd}\n- note: \"$$5 ${fd} of ${$fd.errno + 1}${pid}, ${PAGE_SIZE}\"\n- note: "
      "''");
  ASSERT_EQ(program.texts.size(), 3u);
  ASSERT_EQ(program.texts[0].pieces.size(), 1u);
  EXPECT_EQ(program.texts[0].pieces[0].literal, "/buf.");
  EXPECT_EQ(program.texts[0].pieces[0].operand.value, static_cast<Value>(Builtin::index));
  const auto& pieces = program.texts[1].pieces;
  ASSERT_EQ(pieces.size(), 4u);
  EXPECT_EQ(pieces[0].literal, "$5 ");
  EXPECT_EQ(pieces[0].operand.kind, Operand::Kind::variable);
  EXPECT_EQ(pieces[1].operand.kind, Operand::Kind::expression);
  EXPECT_EQ(pieces[2].literal, "");
  EXPECT_EQ(pieces[2].operand.value, static_cast<Value>(Builtin::pid));
  EXPECT_EQ(pieces[3].literal, ", ");
  EXPECT_EQ(pieces[3].operand.value, 4096);
  ASSERT_EQ(program.texts[2].pieces.size(), 1u);
  EXPECT_EQ(program.texts[2].pieces[0].operand.kind, Operand::Kind::absent);
}

TEST(Program, AProcessIsGivenByNameOrByPid) {
  const Program program = compiled(
      "- {spawn: a, as: child}\n- kill: $child\n- kill: a\n- kill: 5\n- ConnectAttach: {process: \"a.${index}\"}");
  EXPECT_EQ(argument(program.steps[1], "process").kind, Operand::Kind::variable);
  EXPECT_EQ(argument(program.steps[2], "process").kind, Operand::Kind::text);
  EXPECT_EQ(argument(program.steps[3], "process").value, 5);
  EXPECT_EQ(argument(program.steps[4], "process").kind, Operand::Kind::text);
}

TEST(Program, MessagesOfTheMemoryManagerAreKnownByName) {
  const Program program = compiled("- MsgSend: {coid: MEMMGR_COID, type: _MEM_OBJ_INFO, fd: 3}");
  EXPECT_EQ(argument(program.steps[0], "coid").value, 0x40000000);
  EXPECT_EQ(argument(program.steps[0], "type").value, 0x4a);
}

TEST(Program, SizesAndAddressesMayUseAll64Bits) {
  const Program program = compiled(
      "- shm_ctl: {fd: 3, flags: 0, size: 8388608TiB, paddr: 0xfffffffffffff000}\n- lseek: {fd: 3, offset: -4KiB}");
  EXPECT_EQ(argument(program.steps[0], "size").value, INT64_MIN);
  EXPECT_EQ(argument(program.steps[0], "paddr").value, -4096);
  EXPECT_EQ(argument(program.steps[1], "offset").value, -4096);
}

TEST(Program, SharedProgramsAreCompiledOnce) {
  const Scenario scenario = loaded(
      "memsim: 1\nprograms: {work: [{sleep: 1ms}]}\nprocesses:\n  - {name: a, program: work}\n"
      "  - {name: b, program: work, threads: [{name: io, program: work}]}\n");
  const auto& processes = scenario.world.processes;
  ASSERT_EQ(processes.size(), 2u);
  EXPECT_EQ(processes[0].threads[0].program, processes[1].threads[0].program);
  EXPECT_EQ(processes[1].threads[1].program, processes[0].threads[0].program);
}

TEST(Program, AHugeCountIsAnArgumentNotACopy) {
  const Program program =
      compiled("- repeat: {times: 1000000000000, do: [{repeat: {times: 1000000000000, do: [{sleep: 1ns}]}}]}");
  EXPECT_EQ(program.steps.size(), 6u);
}

TEST(Draw, EachKindBecomesItsDistribution) {
  const Program program = compiled(
      "- sleep: {uniform: [5ms, 9ms]}\n"
      "- sleep: {exponential: {mean: 5ms}, min: 1ms, max: 50ms}\n"
      "- set: {g: {geometric: {mean: 3}}, c: {constant: 4KiB}, z: {zipf: {n: 100, exponent: 1.1}}}\n"
      "- shm_ctl: {fd: 3, flags: 0, size: {lognormal: {median: 64KiB, sigma: 1.25}, min: 1page, max: 1MiB}}\n"
      "- shm_ctl: {fd: 3, flags: 0, size: {table: [{value: 4KiB, weight: 3}, {value: 8KiB, weight: 1}]}}\n"
      "- sleep: {replay: [5ms, 1ms, 9ms]}");
  ASSERT_EQ(program.distributions.size(), 8u);
  EXPECT_EQ(program.steps[0].operands[0].kind, Operand::Kind::draw);
  const auto bounds = [&](std::size_t i) {
    return std::pair(program.distributions[i].lower_bound(), program.distributions[i].upper_bound());
  };
  EXPECT_EQ(bounds(0), std::pair(Value{5'000'000}, Value{9'000'000}));
  EXPECT_EQ(bounds(1), std::pair(Value{1'000'000}, Value{50'000'000}));
  EXPECT_EQ(bounds(2).first, 1);
  EXPECT_EQ(bounds(3), std::pair(Value{4096}, Value{4096}));
  EXPECT_EQ(bounds(4), std::pair(Value{1}, Value{100}));
  EXPECT_EQ(bounds(5), std::pair(Value{4096}, Value{1 << 20}));
  EXPECT_EQ(bounds(6), std::pair(Value{4096}, Value{8192}));
  EXPECT_EQ(bounds(7), std::pair(Value{1'000'000}, Value{9'000'000}));
}

TEST(Draw, TablesTogetherAreCapped) {
  std::string steps;
  for (int i = 0; i < 3; ++i) steps += "- set: {x: {zipf: {n: 1000000, exponent: 1}}}\n";
  EXPECT_THAT(faults_of(scenario_with(steps)), HasSubstr("x.yaml:7:"));
}

TEST(Draw, AListComesFromACsvFileBesideTheScenario) {
  const std::string text = scenario_with("- sleep: {csv: {file: times.csv, column: time, order: replay}}");
  const std::string path = MEMSIM_SOURCE_DIR "/tests/scenario/invalid/x.yaml";
  const auto scenario = parse_scenario(text, path);
  ASSERT_TRUE(scenario.has_value()) << render(scenario.error(), Colour::off);
  const auto& program = *scenario->world.processes[0].threads[0].program;
  RandomStream stream;
  DrawState state;
  EXPECT_EQ(program.distributions[0].draw(stream, state), 5'000'000);
  EXPECT_EQ(program.distributions[0].draw(stream, state), 10'000'000);
  EXPECT_EQ(program.distributions[0].draw(stream, state), 5'000'000);
  LoadOptions options;
  options.files = FileAccess::refuse;
  EXPECT_THAT(render(parse_scenario(text, path, options).error(), Colour::off), HasSubstr("may not read files"));
}

}  // namespace
}  // namespace memsim
