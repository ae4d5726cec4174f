// Expressions: precedence, folding, faults, and random expressions against their own value.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memsim/base/random.hpp>

#include "scenario/program_text.hpp"

namespace memsim {
namespace {

using testing::compiled;
using testing::evaluated;
using testing::faults_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::scenario_with;

// The constant that an expression is folded to.
Value folded(const std::string& expression) {
  const Program program = compiled("- set: {x: \"" + expression + "\"}");
  if (program.steps.empty()) return -999;
  EXPECT_EQ(program.steps[0].operands[0].kind, Operand::Kind::constant) << expression;
  return program.steps[0].operands[0].value;
}

TEST(Expression, OperatorsBindAsInC) {
  EXPECT_EQ(folded("1 + 2 * 3"), 7);
  EXPECT_EQ(folded("(1 + 2) * 3"), 9);
  EXPECT_EQ(folded("10 - 3 - 2"), 5);
  EXPECT_EQ(folded("100 / 7 % 5"), 4);
  EXPECT_EQ(folded("-7 / 2"), -3);
  EXPECT_EQ(folded("-7 % 2"), -1);
  EXPECT_EQ(folded("1 + 1 == 2 && 3 < 2 || 1"), 1);
  EXPECT_EQ(folded("0 || 1 && 0"), 0);
  EXPECT_EQ(folded("!0 + !5"), 1);
  EXPECT_EQ(folded("- - 3"), 3);
  EXPECT_EQ(folded("(1 < 2) == (3 >= 3)"), 1);
  EXPECT_EQ(folded("min(3, 1, 2) + max(4, 9)"), 10);
}

TEST(Expression, LiteralsCarryUnitsAndBases) {
  EXPECT_EQ(folded("4KiB"), 4096);
  EXPECT_EQ(folded("4 KiB"), 4096);
  EXPECT_EQ(folded("2pages + 1page"), 3 * 4096);
  EXPECT_EQ(folded("1.5MiB"), 1572864);
  EXPECT_EQ(folded("2min"), 120'000'000'000);
  EXPECT_EQ(folded("2 * 3 min"), 360'000'000'000);
  EXPECT_EQ(folded("0x1f + 0o17"), 46);
  EXPECT_EQ(folded("PAGE_SIZE * 2"), 8192);
}

TEST(Expression, ConstantsAreKnownByName) {
  EXPECT_EQ(folded("ENODEV"), 19);
  EXPECT_EQ(folded("EOK"), 0);
  EXPECT_EQ(folded("SIZE_MAX"), -1);
  EXPECT_EQ(folded("NOFD"), -1);
  EXPECT_EQ(folded("MEMMGR_COID"), 0x40000000);
  EXPECT_EQ(folded("_MEM_OBJ_INFO"), 0x4a);
  EXPECT_EQ(folded("_MEM_INFO"), 0x42);
  EXPECT_EQ(folded("SHMCTL_ANON + SHMCTL_PHYS"), 3);
  EXPECT_EQ(folded("true + false"), 1);
}

TEST(Expression, APartOfConstantsIsFoldedWhereItStands) {
  const Program program = compiled("- set: {x: 1}\n- set: {y: $x * (4KiB - 1) + 2 * 3}");
  ASSERT_EQ(program.expressions.size(), 1u);
  EXPECT_EQ(program.expressions[0].size(), 5u);
  EXPECT_EQ(evaluated(program, program.steps[1].operands[0], {0, 0, 0, 0, 0, 10, 0}), 10 * 4095 + 6);
}

TEST(Expression, AVariableAloneIsNoExpression) {
  const Program program = compiled("- set: {x: 1}\n- set: {y: $x, z: $now}");
  EXPECT_TRUE(program.expressions.empty());
  EXPECT_EQ(program.steps[1].operands[0].kind, Operand::Kind::variable);
  EXPECT_EQ(program.steps[1].operands[0].value, kFirstFreeSlot);
  EXPECT_EQ(program.steps[2].operands[0].value, static_cast<Value>(Builtin::now));
}

TEST(Expression, TheStackIsBounded) {
  std::string deep = "$now";
  for (int i = 0; i < 31; ++i) deep = "$now + (" + deep + ")";
  EXPECT_THAT(faults_of(scenario_with("- set: {x: \"" + deep + "\"}")), IsEmpty());
  deep = "$now + (" + deep + ")";
  EXPECT_THAT(faults_of(scenario_with("- set: {x: \"" + deep + "\"}")), HasSubstr("more than 32 values at once"));
  std::string wide = "$now";
  for (int i = 0; i < 1000; ++i) wide += " + $now";
  EXPECT_THAT(faults_of(scenario_with("- set: {x: \"" + wide + "\"}")), IsEmpty());
}

TEST(Expression, NestingIsBounded) {
  const std::string open(10'000, '(');
  const std::string signs(10'000, '!');
  EXPECT_THAT(faults_of(scenario_with("- set: {x: \"" + open + "\"}")), HasSubstr("nested too deeply"));
  EXPECT_THAT(faults_of(scenario_with("- set: {x: \"" + signs + "1\"}")), HasSubstr("nested too deeply"));
}

// A random expression over $a, $b and small constants, as text, with its value; nothing where a step of it overflows.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : stream_(seed) {}

  struct Made {
    std::string text;
    std::optional<Value> value;
  };
  Made make(unsigned depth) {
    if (depth == 0 || stream_.below(5) == 0) return leaf();
    if (stream_.below(6) == 0) {
      const Made inner = make(depth - 1);
      const bool negates = stream_.below(2) == 0;
      const auto value = inner.value ? std::optional(negates ? -*inner.value : Value{*inner.value == 0}) : std::nullopt;
      return {(negates ? "-(" : "!(") + inner.text + ")", value};
    }
    const Made left = make(depth - 1);
    const Made right = make(depth - 1);
    return binary(left, right);
  }
  static constexpr Value kA = 1'000'003;
  static constexpr Value kB = -77;

 private:
  Made leaf() {
    const std::uint64_t kind = stream_.below(3);
    if (kind == 0) return {"$a", kA};
    if (kind == 1) return {"$b", kB};
    const auto number = static_cast<Value>(stream_.below(1000));
    return {std::to_string(number), number};
  }
  Made binary(const Made& left, const Made& right) {
    static constexpr const char* kNames[] = {"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"};
    const std::uint64_t op = stream_.below(std::size(kNames));
    Made made{"(" + left.text + ") " + kNames[op] + " (" + right.text + ")", std::nullopt};
    if (!left.value || !right.value) return made;
    const Value a = *left.value;
    const Value b = *right.value;
    Value result = 0;
    switch (op) {
      case 0:
        if (__builtin_add_overflow(a, b, &result)) return made;
        break;
      case 1:
        if (__builtin_sub_overflow(a, b, &result)) return made;
        break;
      case 2:
        if (__builtin_mul_overflow(a, b, &result)) return made;
        break;
      case 3:
        if (b == 0) return made;
        result = a / b;
        break;
      case 4:
        if (b == 0) return made;
        result = a % b;
        break;
      case 5:
        result = a == b;
        break;
      case 6:
        result = a != b;
        break;
      case 7:
        result = a < b;
        break;
      case 8:
        result = a <= b;
        break;
      case 9:
        result = a > b;
        break;
      case 10:
        result = a >= b;
        break;
      case 11:
        result = a != 0 && b != 0;
        break;
      default:
        result = a != 0 || b != 0;
        break;
    }
    made.value = result;
    return made;
  }

  RandomStream stream_;
};

TEST(Expression, RandomExpressionsHaveTheirValue) {
  Generator generator(20261123);
  unsigned compared = 0;
  for (int i = 0; i < 3000; ++i) {
    const Generator::Made made = generator.make(4);
    const std::string text = scenario_with("- set: {a: $now, b: $now}\n- set: {x: \"" + made.text + "\"}");
    const auto scenario = parse_scenario(text, "x.yaml");
    if (!scenario) {
      // Only a constant part may overflow or divide by zero at load time.
      EXPECT_FALSE(made.value.has_value()) << made.text << '\n' << render(scenario.error(), Colour::off);
      continue;
    }
    const Program& program = *scenario->world.processes[0].threads[0].program;
    const std::vector<Value> slots = {0, 0, 0, 0, 0, Generator::kA, Generator::kB, 0};
    EXPECT_EQ(evaluated(program, program.steps[2].operands[0], slots), made.value) << made.text;
    ++compared;
  }
  EXPECT_GT(compared, 2000u);
}

}  // namespace
}  // namespace memsim
