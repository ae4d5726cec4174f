// The strict reading of YAML: caps, aliases, encodings, places.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "scenario/program_text.hpp"

namespace memsim {
namespace {

using testing::faults_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::loaded;

constexpr std::string_view kSmallest = "memsim: 1\nprocesses: [{name: a, program: [exit]}]\n";

std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Yaml, TheSmallestScenarioLoads) { EXPECT_THAT(faults_of(kSmallest), IsEmpty()); }

TEST(Yaml, AByteOrderMarkDocumentMarkersAndCommentsAreSkipped) {
  EXPECT_THAT(faults_of(fmt::format("\xef\xbb\xbf# comment\n---\n{}...\n# the end\n", kSmallest)), IsEmpty());
}

TEST(Yaml, LinesMayEndInCarriageReturnsToo) {
  EXPECT_THAT(faults_of("memsim: 1\r\nprocesses: [{name: a, program: [exit]}]\r\n"), IsEmpty());
  EXPECT_THAT(faults_of(fmt::format("memsim: 1\r\nsede: 1\r\n{}", kSmallest.substr(10))), HasSubstr("x.yaml:2:1:"));
}

TEST(Yaml, ColumnsCountCharactersNotBytes) {
  const std::string text = "memsim: 1\nprocesses: [{name: a, program: [{note: \"\xc3\xa9\xe2\x82\xac\"}, bad]}]\n";
  EXPECT_THAT(faults_of(text), HasSubstr("x.yaml:2:47: error: there is no call or step 'bad'"));
}

TEST(Yaml, AnAliasStandsForItsValue) {
  const Scenario scenario = loaded(
      "memsim: 1\n"
      "processes:\n"
      "  - {name: a, program: &work [{sleep: 1ms}, {sleep: 2ms}]}\n"
      "  - {name: b, program: *work}\n");
  ASSERT_EQ(scenario.world.processes.size(), 2u);
  EXPECT_EQ(scenario.world.processes[1].threads[0].program->steps.size(), 3u);
}

TEST(Yaml, AliasesAreMeteredBeforeTheyAreFollowed) {
  std::string text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name < 'z'; ++name) {
    const char above = static_cast<char>(name - 1);
    text += fmt::format("{0}: &{0} [{1}*{2}]\n", name, repeated(fmt::format("*{}, ", above), 9), above);
  }
  EXPECT_THAT(faults_of(text), HasSubstr("aliases make more than 64 times the file's own values"));
  LoadOptions wide;
  wide.caps.expanded_factor = 1'000'000;
  EXPECT_THAT(faults_of(text, wide), HasSubstr("aliases make more than 1000000 values"));
}

TEST(Yaml, EachCapIsReportedWithTheOptionThatRaisesIt) {
  LoadOptions options;
  options.caps = {.bytes = 200, .depth = 5, .nodes = 20, .scalar_bytes = 50, .anchors = 3};
  EXPECT_THAT(faults_of(kSmallest, options), IsEmpty());
  EXPECT_THAT(faults_of(repeated("#", 201), options), HasSubstr("--cap bytes=N"));
  EXPECT_THAT(faults_of("a: [[[[[]]]]]", options), HasSubstr("--cap depth=N"));
  EXPECT_THAT(faults_of(fmt::format("a: [{}]", repeated("x,", 20)), options), HasSubstr("--cap nodes=N"));
  EXPECT_THAT(faults_of(fmt::format("a: {}", repeated("x", 51)), options), HasSubstr("--cap scalar_bytes=N"));
  EXPECT_THAT(faults_of("a: [&a 1, &b 2, &c 3, &d 4]", options), HasSubstr("--cap anchors=N"));
}

TEST(Yaml, ACapIsSetByItsName) {
  LoadCaps caps;
  EXPECT_TRUE(set_cap(caps, "depth", "128").has_value());
  EXPECT_EQ(caps.depth, 128u);
  EXPECT_FALSE(set_cap(caps, "depth", "257").has_value());
  EXPECT_FALSE(set_cap(caps, "depth", "0").has_value());
  EXPECT_FALSE(set_cap(caps, "depth", "12x").has_value());
  const auto unknown = set_cap(caps, "dept", "1");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().front().help, "did you mean 'depth'?");
}

TEST(Yaml, ManyFaultsAreListedUpToAHundredAndThenCounted) {
  std::string text = fmt::format("{}", kSmallest);
  for (int i = 0; i < 150; ++i) text += fmt::format("key{}: 1\n", i);
  const auto scenario = parse_scenario(text, "x.yaml");
  ASSERT_FALSE(scenario.has_value());
  EXPECT_EQ(scenario.error().size(), 101u);
  EXPECT_EQ(scenario.error().back().message, "and 50 more faults");
}

TEST(Yaml, TextsThatOnceMadeParsersLoopEnd) {
  for (const std::string text :
       {",", ",,,,,", " ,a-}..", "]", "}", ":", "- ,", "? ,", "{,}", "[,", "a: ,", "!", "&", "*", "%"}) {
    EXPECT_FALSE(faults_of(text).empty()) << text;
  }
  for (const char* text : {"- ", "? ", "{a: ", "[", "!!a ", "&a "}) {
    EXPECT_FALSE(faults_of(repeated(text, 20'000)).empty()) << text;
  }
}

TEST(Yaml, AQuoteThatEndsWithTheFileIsRefused) {
  EXPECT_THAT(faults_of("memsim: 1\ntitle: 'it''s"), HasSubstr("this quote is never closed"));
  EXPECT_THAT(faults_of("memsim: 1\ntitle: \"a\\\""), HasSubstr("this quote is never closed"));
  EXPECT_THAT(faults_of(fmt::format("{}title: 'it''s'", kSmallest)), IsEmpty());
  EXPECT_THAT(faults_of(fmt::format("{}title: \"a\\\"b\"", kSmallest)), IsEmpty());
}

TEST(Yaml, ADescriptionMayHaveLinesATitleMayNot) {
  EXPECT_EQ(loaded(fmt::format("{}description: |\n  one\n  two\n", kSmallest)).description, "one\ntwo\n");
  EXPECT_THAT(faults_of(fmt::format("{}title: |\n  one\n  two\n", kSmallest)), HasSubstr("expected one line"));
}

}  // namespace
}  // namespace memsim
