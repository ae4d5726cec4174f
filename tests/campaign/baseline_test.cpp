#include <memsim/campaign/baseline.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "campaign/sample_baseline.hpp"

namespace memsim {
namespace {

using campaign_test::replaced;
using campaign_test::sample_baseline;
using campaign_test::TemporaryFolder;
using testing::HasSubstr;

// The diagnostic that a text gets: "line:column: message".
std::string fault_of(std::string_view text) {
  const HostResult<Baseline> read = parse_baseline(text, "my.baseline");
  if (read) return "accepted";
  const Diagnostic& fault = read.error().front();
  EXPECT_EQ(fault.code, ExitCode::bad_input);
  EXPECT_EQ(fault.where.path, "my.baseline");
  return std::to_string(fault.where.line) + ":" + std::to_string(fault.where.column) + ": " + fault.message;
}

TEST(Baseline, IsReadAsItWasWritten) {
  const Baseline baseline = sample_baseline(5000);
  const HostResult<Baseline> read = parse_baseline(render_baseline(baseline), "my.baseline");
  ASSERT_TRUE(read) << render(read.error(), Colour::off);
  EXPECT_EQ(*read, baseline);
}

TEST(Baseline, OfAnEmptyRunIsReadAsItWasWritten) {
  Baseline baseline;
  baseline.version = "0.1.0";
  baseline.policy = "buddy";
  baseline.end = "finished";
  const HostResult<Baseline> read = parse_baseline(render_baseline(baseline), "my.baseline");
  ASSERT_TRUE(read) << render(read.error(), Colour::off);
  EXPECT_EQ(*read, baseline);
}

TEST(Baseline, StaysSmallHoweverLongTheRun) { EXPECT_LT(render_baseline(sample_baseline(1'000'000)).size(), 80 << 10); }

TEST(Baseline, IsTheSameRunWhateverVersionWroteIt) {
  const Baseline baseline = sample_baseline(10);
  Baseline other = baseline;
  other.version = "9.9.9";
  EXPECT_TRUE(same_run(baseline, other));
  other.seed = 3;
  EXPECT_FALSE(same_run(baseline, other));
}

TEST(Baseline, LiesBesideItsScenario) {
  EXPECT_EQ(baseline_path("dir.d/my.yaml"), "dir.d/my.baseline");
  EXPECT_EQ(baseline_path("my.test.yml"), "my.test.baseline");
}

TEST(Baseline, FaultsHaveTheirPlace) {
  const std::string text = render_baseline(sample_baseline(10));
  EXPECT_EQ(fault_of(""), "1:1: this is no baseline: expected 'memsim baseline 1'");
  EXPECT_EQ(fault_of("memsim: 1\n"), "1:1: this is no baseline: expected 'memsim baseline 1'");
  EXPECT_EQ(fault_of(replaced(text, "baseline 1", "baseline 2")),
            "1:17: baseline format '2' is unknown; this memsim knows format 1");
  EXPECT_EQ(fault_of(replaced(text, "seed 7", "sead 7")), "3:1: expected a line 'seed ...'");
  EXPECT_THAT(fault_of(replaced(text, "seed 7", "seed x")), HasSubstr("3:6: "));
  EXPECT_EQ(fault_of(replaced(text, "seed 7", "seed 0x7")), "3:6: not as memsim writes a baseline");
  EXPECT_EQ(fault_of(replaced(text, "seed 7", "seed 7 8")), "3:7: not as memsim writes a baseline");
  EXPECT_EQ(fault_of(replaced(text, "policy buddy placement=lifo", "policy")), "4:7: the line ends too early");
  EXPECT_EQ(fault_of(replaced(text, "stream 00", "stream 0")), "7:8: expected 16 hexadecimal digits");
  EXPECT_EQ(fault_of(replaced(text, "layer replies", "layer answers")), "10:7: not as memsim writes a baseline");
  EXPECT_EQ(fault_of(replaced(text, "\nmeasures\n", "measures\n")), "13:1: expected an empty line");
  EXPECT_THAT(fault_of(replaced(text, "events=42", "events=4x2")), HasSubstr("15:6: expected NAME=VALUE"));
  EXPECT_THAT(fault_of(replaced(text, "events=42", "events 42")), HasSubstr("15:6: expected NAME=VALUE"));
  EXPECT_EQ(fault_of(replaced(text, "run: ", "run ")), "15:1: expected a group of measures and a colon");
  EXPECT_EQ(fault_of(replaced(text, "messages=43", "events=43")), "15:16: this measure is here twice");
  EXPECT_EQ(fault_of(text + "\n"), "92:1: not as memsim writes a baseline");
}

TEST(Baseline, ATruncatedFileIsAFaultWhereverItWasCut) {
  const std::string text = render_baseline(sample_baseline(3));
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(parse_baseline(std::string_view(text).substr(0, size), "my.baseline")) << size;
  }
}

TEST(Baseline, AMergeConflictIsAFault) {
  const std::string text = render_baseline(sample_baseline(10));
  EXPECT_EQ(fault_of(replaced(text, "seed 7\n", "<<<<<<< HEAD\nseed 7\n=======\nseed 8\n>>>>>>> other\n")),
            "3:1: expected a line 'seed ...'");
}

TEST(Baseline, CountsThatPromiseTooMuchAreFaultsNotMemory) {
  const std::string text = render_baseline(sample_baseline(10));
  EXPECT_THAT(fault_of(replaced(text, "layer events 10", "layer events 18446744073709551615")), HasSubstr("expected"));
  EXPECT_THAT(fault_of(replaced(text, "cells events 1", "cells events 3")), HasSubstr("expected a power of two"));
  EXPECT_THAT(fault_of(replaced(text, "cells events 1", "cells events 16")), HasSubstr("expected 1 cells"));
}

TEST(Baseline, InvisibleCharactersAreAFault) {
  const std::string text = render_baseline(sample_baseline(10));
  EXPECT_NE(fault_of(replaced(text, "events=42", "events\xe2\x80\xae=42")), "accepted");
  EXPECT_NE(fault_of(replaced(text, "events=42", std::string_view("events\0=42", 10))), "accepted");
}

TEST(BaselineFile, IsReplacedWhole) {
  const TemporaryFolder folder;
  const std::string path = folder.path("my.baseline");
  ASSERT_TRUE(write_baseline(path, sample_baseline(10)));
  ASSERT_TRUE(write_baseline(path, sample_baseline(20)));
  EXPECT_EQ(*read_baseline(path), sample_baseline(20));
  EXPECT_THAT(folder.names(), testing::ElementsAre("my.baseline"));
}

TEST(BaselineFile, BehindASymbolicLinkIsReplacedThere) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_baseline(folder.path("real.baseline"), sample_baseline(10)));
  std::filesystem::create_symlink("real.baseline", folder.path("my.baseline"));
  ASSERT_TRUE(write_baseline(folder.path("my.baseline"), sample_baseline(20)));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("my.baseline")));
  EXPECT_EQ(*read_baseline(folder.path("real.baseline")), sample_baseline(20));
}

TEST(BaselineFile, KeepsItsPermissions) {
  const TemporaryFolder folder;
  const std::string path = folder.path("my.baseline");
  ASSERT_TRUE(write_baseline(path, sample_baseline(10)));
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  ASSERT_TRUE(write_baseline(path, sample_baseline(20)));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640U);
}

TEST(BaselineFile, ThatCannotBeWrittenIsAHostFailure) {
  const HostResult<void> written = write_baseline("/nonexistent/my.baseline", sample_baseline(10));
  ASSERT_FALSE(written);
  EXPECT_EQ(exit_code(written.error()), ExitCode::host_failed);
}

TEST(BaselineFile, OfFiveMegabytesIsRefused) {
  const TemporaryFolder folder;
  const std::string path = folder.path("my.baseline");
  std::ofstream(path) << std::string(5 << 20, 'x');
  const HostResult<Baseline> read = read_baseline(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(exit_code(read.error()), ExitCode::bad_input);
  EXPECT_THAT(read.error().front().message, HasSubstr("too large for a baseline"));
}

}  // namespace
}  // namespace memsim
