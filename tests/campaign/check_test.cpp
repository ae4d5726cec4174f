#include <memsim/campaign/check.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <memsim/campaign/check_report.hpp>
#include <memsim/campaign/parallel.hpp>
#include <memsim/campaign/scenario_files.hpp>

#include "campaign/sample_baseline.hpp"

namespace memsim {
namespace {

using campaign_test::replaced;
using campaign_test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Two processes take memory at the same moment; a third asks later where its own lies.
constexpr std::string_view kScenario = R"(memsim: 1
title: Two buffers
machine:
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 1MiB}
record:
  every: 2ms
processes:
  - name: first
    program:
      - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 12KiB}
      - sleep: 5ms
  - name: second
    start: 1ms
    program:
      - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 8KiB}
      - _MEM_OBJ_INFO: {fd: $fd, length: SIZE_MAX}
)";

class Check : public testing::Test {
 protected:
  void SetUp() override { write("my.yaml", kScenario); }

  void write(const std::string& name, std::string_view text) { std::ofstream(folder_.path(name)) << text; }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(folder_.path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  CheckResult checked(const LoadOptions& load = {}) { return check_scenario(folder_.path("my.yaml"), {"0.1.0", load}); }
  CheckResult checked_with(const std::string& path, const std::string& value) {
    LoadOptions load;
    load.set = {{path, value}};
    return checked(load);
  }
  void accept_now() {
    CheckResult result = checked();
    ASSERT_TRUE(accept(result)) << render(result.errors, Colour::off);
  }

  static std::vector<Layer> changed_layers(const CheckResult& result) {
    std::vector<Layer> layers;
    if (!result.difference) return layers;
    for (const LayerDifference& layer : result.difference->layers) layers.push_back(layer.layer);
    return layers;
  }

  TemporaryFolder folder_;
};

TEST_F(Check, AScenarioWithoutABaselineIsNotJudged) {
  const CheckResult result = checked();
  EXPECT_EQ(result.outcome(), CheckOutcome::not_judged);
  EXPECT_EQ(result.code(), ExitCode::ok);
  EXPECT_TRUE(result.is_pending());
}

TEST_F(Check, AScenarioOfMeasuredTimeIsRefusedSinceNoTwoRunsAreAlike) {
  write("my.yaml", "memsim: 1\nprocesses:\n  - {name: a, program: {run: ./a, per_1000_instructions: 300ns}}\n");
  LoadOptions load;
  load.host_programs = HostPrograms::allow;
  const CheckResult result = checked(load);
  EXPECT_EQ(result.outcome(), CheckOutcome::broken);
  EXPECT_EQ(result.code(), ExitCode::bad_input);
  EXPECT_THAT(render(result.errors, Colour::off), HasSubstr("not deterministic"));
  EXPECT_FALSE(result.is_pending());
}

TEST_F(Check, AMissingBaselineIsToldWhateverTheOutcome) {
  write("my.yaml", std::string(kScenario) + "expect: [{end: finished}]\n");
  const CheckResult passed = checked();
  EXPECT_EQ(passed.outcome(), CheckOutcome::passed);
  EXPECT_EQ(render_check_text(passed), "passed      " + folder_.path("my.yaml") + " (no baseline)\n");
  CheckResult accepted = checked();
  ASSERT_TRUE(accept(accepted));
  EXPECT_EQ(render_check_text(accepted), "updated     " + folder_.path("my.yaml") + "\n");
  const std::vector<CheckResult> results = {passed, accepted, passed};
  EXPECT_EQ(render_counts(count_outcomes(results)),
            "3 scenarios: 2 passed, 1 updated\n2 ran without a baseline; help: --update writes them\n");
  EXPECT_THAT(render_check_json(results), HasSubstr("\"without_baseline\": 2,"));
  EXPECT_THAT(render_check_junit(results), HasSubstr("<system-out>no baseline</system-out>"));
}

TEST_F(Check, AMissingBaselineFailsWhereOneIsRequired) {
  CheckOptions options = {"0.1.0", {}};
  options.requires_baselines = true;
  const CheckResult missing = check_scenario(folder_.path("my.yaml"), options);
  EXPECT_EQ(missing.outcome(), CheckOutcome::no_baseline);
  EXPECT_EQ(missing.code(), ExitCode::expectation_failed);
  const std::vector<CheckResult> results = {missing};
  EXPECT_EQ(render_check_text(missing), "no baseline " + folder_.path("my.yaml") + "\n");
  EXPECT_THAT(render_counts(count_outcomes(results)), HasSubstr("0 passed, 1 without the required baseline\n"));
  EXPECT_THAT(render_check_json(results), HasSubstr("\"no_baseline\": 1,"));
  EXPECT_THAT(render_check_junit(results), HasSubstr("failures=\"1\" errors=\"0\""));
  EXPECT_THAT(render_check_junit(results), HasSubstr("type=\"baseline\" message=\"a baseline is required"));
  EXPECT_THAT(render_check_annotations(results), HasSubstr("::error file=" + folder_.path("my.yaml") + ",title="));
  accept_now();
  EXPECT_EQ(check_scenario(folder_.path("my.yaml"), options).outcome(), CheckOutcome::passed);
}

TEST_F(Check, AnAcceptedRunPassesFromThenOn) {
  accept_now();
  const CheckResult result = checked();
  EXPECT_EQ(result.outcome(), CheckOutcome::passed);
  EXPECT_FALSE(result.is_pending());
}

TEST_F(Check, AChangeOfTimesOnlyChangesEventsOnly) {
  accept_now();
  const CheckResult result = checked_with("machine.costs.msg_send", "3us");
  EXPECT_EQ(result.outcome(), CheckOutcome::differs);
  EXPECT_EQ(result.code(), ExitCode::expectation_failed);
  EXPECT_THAT(changed_layers(result), ElementsAre(Layer::events));
}

TEST_F(Check, AChangeOfTimesThatSamplesSeeIsNotTakenForOneOfAllocation) {
  accept_now();
  const CheckResult result = checked_with("processes.first.program[2].sleep", "6500us");
  EXPECT_THAT(changed_layers(result), ElementsAre(Layer::events, Layer::free_map, Layer::samples));
  const std::string text = render_check_text(result);
  EXPECT_THAT(text, HasSubstr("  Layers changed: events, free_map, samples; as before: allocator, replies\n"
                              "  Allocator: no allocation decision changed, the samples saw the same ones at other "
                              "times\n"
                              "  First difference: event "));
  EXPECT_THAT(render_check_annotations(std::vector{result}),
              HasSubstr("in events, free_map, samples; no allocation decision changed, the samples"));
  EXPECT_THAT(render_check_json(std::vector{result}), HasSubstr("\"same_decisions\": true"));
}

TEST_F(Check, WhatIsCalledAMeasureIsOfTheRunAndWhatASampleSeesIsASample) {
  accept_now();
  const std::string text = render_check_text(checked_with("machine.costs.msg_send", "3us"));
  EXPECT_THAT(text, HasSubstr("as before: allocator, replies, free_map, samples\n"));
  EXPECT_THAT(text, HasSubstr("  Measures of the run: "));
  EXPECT_THAT(read("my.baseline"), HasSubstr("\nlayer measures "));
}

TEST_F(Check, AChangeOfPlacementOnlyChangesNoEvents) {
  accept_now();
  // The same requests over memory that begins elsewhere: the run_started and region_added events tell of it, no other.
  const CheckResult result = checked_with("machine.regions[0].base", "32MiB");
  EXPECT_THAT(changed_layers(result), ElementsAre(Layer::events, Layer::allocator, Layer::replies, Layer::free_map));
  const LayerDifference& events = result.difference->layers.front();
  EXPECT_THAT(events.text_before.value_or(""), HasSubstr("region_added"));
}

TEST_F(Check, TheFirstDifferenceShowsBothTextsAndItsNeighbours) {
  accept_now();
  const CheckResult result = checked_with("processes.second.program[1].shm_ctl.size", "16KiB");
  ASSERT_TRUE(result.difference);
  const auto allocator = std::find_if(result.difference->layers.begin(), result.difference->layers.end(),
                                      [](const LayerDifference& layer) { return layer.layer == Layer::allocator; });
  ASSERT_NE(allocator, result.difference->layers.end());
  EXPECT_TRUE(allocator->is_exact());
  EXPECT_THAT(allocator->text_before.value_or(""), HasSubstr("\"frames\":2}"));
  ASSERT_EQ(allocator->around.size(), 5);
  EXPECT_EQ(allocator->around[2].index, allocator->first.first);
  EXPECT_THAT(allocator->around[2].text, HasSubstr("\"frames\":4}"));
  const std::string text = render_check_text(result);
  EXPECT_THAT(text, HasSubstr("differs     "));
  EXPECT_THAT(text, HasSubstr("First difference: allocator decision 4 of 10, record "));
  EXPECT_THAT(text, HasSubstr("Layers changed: events, allocator, replies; as before: free_map, samples\n"));
}

// One measure that was better, in all reports for people.
TEST(CheckReport, AMeasureThatChangedALittleIsShownWithTheDigitsThatChanged) {
  Measure before;
  before.name = "objects/bytes_per_segment/mean";
  before.value = 2'097'408;
  before.unit = MeasureUnit::bytes;
  Measure now = before;
  now.value = 2'097'152;
  CheckResult result;
  result.scenario = "my.yaml";
  result.difference.emplace();
  result.difference->measures = {{Judgement::worse, before, now}};
  constexpr std::string_view kRow = "worse  objects/bytes_per_segment/mean  2.0002 MiB  ->  2.0000 MiB\n";
  const std::vector<CheckResult> results = {result};
  EXPECT_THAT(render_check_text(result), HasSubstr(kRow));
  EXPECT_THAT(render_check_annotations(results), HasSubstr("2.0002 MiB  ->  2.0000 MiB%0A"));
  EXPECT_THAT(render_check_junit(results), HasSubstr("2.0002 MiB  -&gt;  2.0000 MiB\n"));
}

TEST_F(Check, TheSeedAndThePolicyArePartOfTheBaseline) {
  accept_now();
  LoadOptions load;
  load.seed = 9;
  load.set = {{"policy.name", "buddy"}, {"policy.placement", "lowest"}};
  EXPECT_THAT(
      render_check_text(checked(load)),
      testing::AllOf(HasSubstr("seed: was 1, is 9"), HasSubstr("policy: was buddy, is buddy placement=lowest")));
}

TEST_F(Check, AnUnreadableBaselineBreaksTheCheckAndMayBeReplaced) {
  accept_now();
  write("my.baseline", "<<<<<<< HEAD\n" + read("my.baseline"));
  CheckResult result = checked();
  EXPECT_EQ(result.outcome(), CheckOutcome::broken);
  EXPECT_EQ(result.code(), ExitCode::bad_input);
  EXPECT_EQ(result.errors.front().where.line, 1);
  ASSERT_TRUE(result.is_pending());
  ASSERT_TRUE(accept(result));
  EXPECT_EQ(checked().outcome(), CheckOutcome::passed);
}

TEST_F(Check, AWrongScenarioIsBrokenNotFailed) {
  write("my.yaml", "memsim: 1\nnonsense: 1\n");
  const CheckResult result = checked();
  EXPECT_EQ(result.outcome(), CheckOutcome::broken);
  EXPECT_EQ(result.code(), ExitCode::bad_input);
  EXPECT_FALSE(result.is_pending());
}

TEST_F(Check, ARunThatACapEndsIsBrokenAndNoBaseline) {
  const CheckResult result = checked_with("limits.events", "3");
  EXPECT_EQ(result.code(), ExitCode::cap_reached);
  EXPECT_THAT(result.errors.front().help, HasSubstr("limits.events"));
  EXPECT_FALSE(result.is_pending());
}

TEST_F(Check, ACapThatTheScenarioExpectsIsNoFailure) {
  constexpr std::string_view kEndless =
      "memsim: 1\nlimits: {events: 1000}\nprocesses:\n"
      "  - name: p\n    program:\n      - forever: [{sleep: 1us}]\nexpect:\n";
  write("my.yaml", std::string(kEndless) + "  - {end: event_cap}\n");
  const CheckResult expected = checked();
  EXPECT_EQ(expected.outcome(), CheckOutcome::passed);
  EXPECT_EQ(expected.code(), ExitCode::ok);
  EXPECT_TRUE(expected.is_pending());
  for (const char* other : {"{end: any, min: 0ns}", "{end: instant_cap}", "{deadlock: none}"}) {
    write("my.yaml", std::string(kEndless) + "  - " + other + "\n");
    EXPECT_EQ(checked().code(), ExitCode::cap_reached) << other;
  }
}

TEST_F(Check, ARunThatUntilCutsShortIsNotJudgedByExpectationsOfTheWhole) {
  write("my.yaml",
        "memsim: 1\nuntil: 10ms\nprocesses:\n  - name: p\n    program: [{sleep: 4ms}, {note: late}]\n"
        "expect: [{note: late}]\n");
  LoadOptions load;
  EXPECT_EQ(checked(load).outcome(), CheckOutcome::passed);
  load.until = "3ms";
  EXPECT_EQ(checked(load).outcome(), CheckOutcome::not_judged);
  load.until = "5ms";  // it ends by itself before
  EXPECT_EQ(checked(load).outcome(), CheckOutcome::passed);
  load.until.reset();
  load.set = {{"until", "3ms"}};  // the scenario's own end, then
  EXPECT_EQ(checked(load).outcome(), CheckOutcome::failed);
}

TEST_F(Check, RegionsThatShareANameAreToldApartAlikeInExpectationsAndMeasures) {
  const std::string text =
      "memsim: 1\nmachine:\n  regions:\n"
      "    - {name: ram, base: 16MiB, size: 1MiB}\n    - {name: ram, base: 32MiB, size: 2MiB}\n"
      "processes: [{name: p, program: [{sleep: 1ms}]}]\nexpect:\n"
      "  - {measure: free_frames, region: ram, at: start, equals: 1MiB}\n"
      "  - {measure: free_frames, region: 'ram#2', at: start, equals: 2MiB}\n";
  write("my.yaml", text);
  const CheckResult result = checked();
  EXPECT_EQ(result.outcome(), CheckOutcome::passed) << render_check_text(result);
  const auto value_of = [&](std::string_view name) {
    for (const BaselineMeasure& measure : result.run->measures) {
      if (measure.name == name) return measure.value;
    }
    return std::int64_t{-1};
  };
  EXPECT_EQ(value_of("region/ram/free_frames/start"), 256);
  EXPECT_EQ(value_of("region/ram#2/free_frames/start"), 512);
  write("my.yaml", text + "  - {measure: free_frames, region: 'ram#3', at: start, equals: 2MiB}\n");
  EXPECT_THAT(render_check_text(checked()), HasSubstr("there is no region 'ram#3'"));
}

TEST_F(Check, ExpectedWorkIsTheBaselinesRecordsAndElseTheirMean) {
  const std::vector<std::string> paths = {folder_.path("my.yaml"), folder_.path("none.yaml"), folder_.path("my.yaml")};
  EXPECT_THAT(expected_work(paths), ElementsAre(1, 1, 1));
  accept_now();
  const std::uint64_t records = checked().run->record_count;
  EXPECT_THAT(expected_work(paths), ElementsAre(records, records, records));
}

TEST_F(Check, ScenariosAreFoundBelowFoldersInOneOrder) {
  std::filesystem::create_directories(folder_.path("b/.hidden"));
  write("b/z.yml", kScenario);
  write("b/a.yaml", kScenario);
  write("b/other.yaml", "services: {}\n");
  write("b/notes.txt", "memsim: 1\n");
  write("b/.hidden/x.yaml", kScenario);
  std::filesystem::create_directory_symlink(".", folder_.path("b/loop"));
  const std::vector<std::string> paths = {folder_.path("."), folder_.path("my.yaml")};
  const auto found = find_scenarios(paths);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->scenarios,
              ElementsAre(folder_.path("b/a.yaml"), folder_.path("b/z.yml"), folder_.path("my.yaml")));
  EXPECT_THAT(found->passed_over, ElementsAre(folder_.path("b/other.yaml")));
}

// However YAML lets the key be written.
TEST_F(Check, EveryScenarioThatRunsIsFoundInAFolderAndTheRestIsNamed) {
  const std::string rest = "\nprocesses:\n  - {name: a, program: [{sleep: 1s}]}\n";
  write("a.yaml", "{memsim: 1, processes: [{name: a, program: [{sleep: 1s}]}]}");
  write("b.yaml", "\"memsim\": 1" + rest);
  write("c.yaml", "'memsim' : 1" + rest);
  write("d.yaml", " memsim: 1\n processes:\n   - {name: a, program: [{sleep: 1s}]}\n");
  write("e.YAML", "memsim: 1" + rest);
  write("f.yaml", "---\nmemsim:\n  1" + rest);
  write("g.yaml", "title: late" + rest + "memsim: 1\n");
  write("h.yaml", "memsim: 1\n  is: [no YAML\n");
  write("mistaken.yaml", "memsin: 1" + rest);
  write("other.yaml", "name: memsim\njobs: {}\n");
  const auto found = find_scenarios(std::vector{folder_.path(".")});
  ASSERT_TRUE(found);
  EXPECT_THAT(found->scenarios, testing::SizeIs(9));  // and my.yaml
  EXPECT_THAT(found->passed_over, ElementsAre(folder_.path("mistaken.yaml"), folder_.path("other.yaml")));
  EXPECT_THAT(passed_over_text(*found), HasSubstr("mistaken.yaml, "));
}

TEST_F(Check, AFolderWithoutAScenarioAndAMissingFileAreFaults) {
  std::filesystem::create_directory(folder_.path("empty"));
  const auto empty = find_scenarios(std::vector{folder_.path("empty")});
  ASSERT_FALSE(empty);
  EXPECT_EQ(exit_code(empty.error()), ExitCode::bad_input);
  const auto missing = find_scenarios(std::vector{folder_.path("missing.yaml")});
  ASSERT_FALSE(missing);
  EXPECT_EQ(exit_code(missing.error()), ExitCode::host_failed);
}

TEST_F(Check, TwoScenariosCannotShareABaseline) {
  write("my.yml", kScenario);
  const auto found = find_scenarios(std::vector{folder_.path(".")});
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().front().message, HasSubstr("would share the baseline"));
}

TEST_F(Check, BaselinesWithoutAScenarioAreFound) {
  accept_now();
  write("gone.baseline", "");
  const auto found = find_unreferenced_baselines(std::vector{folder_.path(".")});
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, ElementsAre(folder_.path("gone.baseline")));
}

Diagnostic diagnostic(ExitCode code, SourceLocation where, std::string message) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.where = std::move(where);
  diagnostic.message = std::move(message);
  return diagnostic;
}

TEST_F(Check, ReportsEscapeWhatTheyQuote) {
  CheckResult result;
  result.scenario = "a<b>&\"c\x1b.yaml";
  result.errors.push_back(diagnostic(ExitCode::bad_input, {"a,b:c.yaml", 3, 7}, "bad 100%\n::error::x"));
  const std::vector<CheckResult> results = {result};
  EXPECT_THAT(render_check_junit(results), HasSubstr("a&lt;b&gt;&amp;&quot;c"));
  EXPECT_THAT(render_check_junit(results), Not(HasSubstr("\x1b")));
  EXPECT_EQ(render_check_annotations(results),
            "::error file=a%2Cb%3Ac.yaml,line=3,col=7,title=memsim check::bad 100%25%0A::error::x\n");
}

TEST_F(Check, TheHighestCodeIsThatOfTheWhole) {
  CheckResult broken;
  broken.errors.push_back(diagnostic(ExitCode::host_failed, {}, "disk"));
  CheckResult failed;
  failed.failed_expectations.push_back(diagnostic(ExitCode::expectation_failed, {}, "no"));
  EXPECT_EQ(exit_code(std::vector{failed, broken, failed}), ExitCode::host_failed);
  EXPECT_EQ(exit_code(std::vector<CheckResult>{}), ExitCode::ok);
  EXPECT_EQ(render_counts(count_outcomes(std::vector{failed, broken, failed})),
            "3 scenarios: 0 passed, 2 failed, 1 broken\n");
}

TEST(RunParallel, DoesEachTaskOnce) {
  for (const unsigned jobs : {1U, 2U, 7U}) {
    std::vector<unsigned> done(1000);
    run_parallel(done.size(), jobs, [&](std::size_t i) { ++done[i]; });
    EXPECT_THAT(done, testing::Each(1)) << jobs;
  }
  run_parallel(0, 4, [](std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace memsim
