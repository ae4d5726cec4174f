// Scenarios that nobody in good faith would write, and files that are none: refused at once, at little cost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include <fmt/format.h>

#include "scenario/program_text.hpp"

namespace memsim {
namespace {

using testing::faults_of;
using ::testing::HasSubstr;

TEST(Hostile, ThousandsOfUnknownNamesAmongThousandsCostNoMoreThanThoseThatAreShown) {
  constexpr int kMany = 5'000;
  std::string text = "memsim: 1\nprocesses:\n";
  for (int i = 0; i < kMany; ++i) {
    text += fmt::format(
        "  - name: process_with_a_long_name_number_{}\n    program: [{{kill: process_with_a_log_name_{}}}, "
        "{{set: {{x: $process_wiht_a_name_{}}}}}]\n",
        i, i, i);
  }
  const std::string faults = faults_of(text);
  EXPECT_THAT(faults, HasSubstr("there is no process 'process_with_a_log_name_0'"));
  EXPECT_THAT(faults, HasSubstr("help: did you mean 'process_with_a_long_name_number_0'?"));
  EXPECT_THAT(faults, HasSubstr(fmt::format("and {} more faults", 2 * kMany - 100)));
}

TEST(Hostile, LongNamesAreNotCompared) {
  const std::string name(60'000, 'a');
  std::string text = "memsim: 1\nprocesses:\n  - {name: p, program: [{kill: " + name + "b}]}\n";
  for (int i = 0; i < 50; ++i) text += "  - {name: " + name + ", program: [exit]}\n";
  EXPECT_THAT(faults_of(text), HasSubstr("there is no process"));
}

TEST(Hostile, WhatIsNoRegularFileIsNoScenarioAndNoCsv) {
  const std::filesystem::path pipe = std::filesystem::path(::testing::TempDir()) / "memsim_pipe.csv";
  std::filesystem::remove(pipe);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto scenario = load_scenario(pipe.string());
  ASSERT_FALSE(scenario.has_value());
  EXPECT_EQ(exit_code(scenario.error()), ExitCode::bad_input);
  EXPECT_THAT(scenario.error().front().message, HasSubstr("is no regular file"));
  const std::string text = testing::scenario_with("- set: {n: {csv: {file: memsim_pipe.csv}}}");
  const auto named = parse_scenario(text, (pipe.parent_path() / "x.yaml").string());
  ASSERT_FALSE(named.has_value());
  EXPECT_EQ(named.error().front().where.line, 5u);
  EXPECT_THAT(named.error().front().message, HasSubstr("is no regular file"));
  std::filesystem::remove(pipe);
}

}  // namespace
}  // namespace memsim
