// Scenarios made small: what goes, what stays, and that the text still loads and does it.
#include <memsim/campaign/shrink.hpp>

#include <memsim/campaign/run_session.hpp>

#include "campaign/shrink/text_parts.hpp"

namespace memsim {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kLarge = R"(# What is wrong here?
memsim: 1
title: Much that does not matter
seed: 4711
until: 1h
machine:
  cpus: 4
  regions:
    # All of it.
    - {name: memory/ram/sysram, base: 16MiB, size: 4MiB}
    - {name: memory/ram/other, base: 256MiB, size: 4MiB}
processes:
  - name: bystander
    count: 30
    program:
      - forever:
          - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
            as: fd
          - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 4KiB}
          - sleep: 1s
          - close: $fd
  # The one that asks for too much.
  - name: greedy
    program:
      - sleep: 10s
      - shm_open: {name: /big, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: [SHMCTL_ANON, SHMCTL_PHYS], size: 64MiB}
      - sleep: 1s
expect:
  - {end: reached_until}
  - {count: failed_allocations, equals: 0}
  - {end: deadlock}
)";

HostResult<Shrunk> shrunk(const std::string& keep, std::uint64_t budget = 2000) {
  ShrinkOptions options;
  options.path = "my.yaml";
  options.keep = keep;
  options.budget = budget;
  return shrink(kLarge, options);
}

HostResult<ScenarioRun> run_of(const std::string& text) {
  const HostResult<Scenario> scenario = parse_scenario(text, "small.yaml");
  if (!scenario) return Unexpected(scenario.error());
  return run_scenario(*scenario);
}

TEST(Shrinking, OnlyWhatIsNeededForTheFailureStays) {
  const HostResult<Shrunk> small = shrunk("expect[1] fails");
  ASSERT_TRUE(small) << render(small.error(), Colour::off);
  EXPECT_TRUE(small->is_complete);
  EXPECT_LT(small->lines[1], 14U) << small->text;
  EXPECT_THAT(small->text, Not(HasSubstr("bystander")));
  EXPECT_THAT(small->text, Not(HasSubstr("4711")));
  EXPECT_THAT(small->text, Not(HasSubstr("deadlock")));
  EXPECT_THAT(small->text, HasSubstr("# The one that asks for too much."));
  const HostResult<ScenarioRun> run = run_of(small->text);
  ASSERT_TRUE(run) << small->text;
  ASSERT_EQ(run->failed.size(), 1U);
  EXPECT_THAT(run->failed.front().message, HasSubstr("failed_allocations"));
}

TEST(Shrinking, ARecordThatMustAppearStays) {
  const HostResult<Shrunk> small = shrunk("record allocation_failed");
  ASSERT_TRUE(small) << render(small.error(), Colour::off);
  EXPECT_LT(small->lines[1], 12U) << small->text;
  EXPECT_THAT(small->text, HasSubstr("shm_ctl"));
  EXPECT_THAT(small->text, Not(HasSubstr("expect")));
}

TEST(Shrinking, TheSameTextComesOutEachTime) { EXPECT_EQ(shrunk("exit 1")->text, shrunk("exit 1")->text); }

TEST(Shrinking, WhenTheBudgetEndsTheTextStillDoesIt) {
  for (const std::uint64_t budget : {0U, 1U, 7U, 30U}) {
    const HostResult<Shrunk> small = shrunk("expect[1] fails", budget);
    ASSERT_TRUE(small);
    EXPECT_LE(small->runs, budget);
    EXPECT_FALSE(small->is_complete);
    EXPECT_FALSE(run_of(small->text)->failed.empty());
  }
}

TEST(Shrinking, WhatIsNotSoIsRefused) {
  for (const char* keep : {"", "exit 0", "exit 2", "exit 3", "exit x", "expect[0] fails", "expect[9] fails",
                           "expect[] fails", "expect[1]", "record nothing", "record deadlock_found"}) {
    EXPECT_FALSE(shrunk(keep)) << keep;
  }
}

TEST(TextParts, ABlockIsALineWithWhatHangsBelowItAndTheCommentAboveIt) {
  constexpr std::string_view kText = "a: 1\n# of b\nb:\n  c: 2\n\n  # of d\n  d: 3\n# of e\ne: 4\n";
  const Block b = next_block(kText, 5);
  EXPECT_EQ(kText.substr(b.part.begin, b.part.end - b.part.begin), "# of b\nb:\n  c: 2\n\n  # of d\n  d: 3\n");
  EXPECT_EQ(kText.substr(b.line, 2), "b:");
}

TEST(TextParts, ElementsGoWithACommaAndQuotesAreLeftAlone) {
  constexpr std::string_view kText = "x: [1, \"a,b\", {c: 2, d: [3]}] # [4, 5]\n";
  std::vector<std::string> left;
  for (const TextPart& part : bracketed_elements(kText)) left.push_back(replaced(kText, part, ""));
  EXPECT_THAT(left, testing::UnorderedElementsAre("x: [ \"a,b\", {c: 2, d: [3]}] # [4, 5]\n",
                                                  "x: [1, {c: 2, d: [3]}] # [4, 5]\n", "x: [1, \"a,b\"] # [4, 5]\n",
                                                  "x: [1, \"a,b\", { d: [3]}] # [4, 5]\n",
                                                  "x: [1, \"a,b\", {c: 2}] # [4, 5]\n"));
}

TEST(TextParts, NumbersAreWholeAndNoPartOfWords) {
  constexpr std::string_view kText = "a1: 12KiB\nb: [3, 0x10, 1.5, v2, \"7\", $x4, 8 s] # 9\n";
  std::vector<std::uint64_t> values;
  for (const NumberPart& number : numbers_in(kText)) values.push_back(number.value);
  EXPECT_THAT(values, testing::ElementsAre(12U, 3U, 8U));
}

TEST(TextParts, AnyTextIsTakenApart) {
  for (const char* text : {"", "\n", "#", "[", "]", "{,", "\"", "'\\", "a", "  ", "0", "-1", ",,,]", "[[[,,,]"}) {
    static_cast<void>(next_block(text, 0));
    for (const TextPart& part : bracketed_elements(text)) static_cast<void>(replaced(text, part, ""));
    for (const NumberPart& number : numbers_in(text)) static_cast<void>(replaced(text, number.part, "1"));
  }
}

}  // namespace
}  // namespace memsim
