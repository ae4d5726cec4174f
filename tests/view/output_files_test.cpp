#include <memsim/view/made_by.hpp>
#include <memsim/view/output_files.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "view/run_of_records.hpp"

namespace memsim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A directory of its own for each test, gone afterwards.
class OutputFilesTest : public testing::Test {
 protected:
  OutputFilesTest() {
    std::string pattern = (fs::temp_directory_path() / "memsim_view_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~OutputFilesTest() override { fs::remove_all(root_); }

  [[nodiscard]] std::string out() const { return (root_ / "out").string(); }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    if (!fs::exists(out())) return names;
    for (const auto& entry : fs::directory_iterator(out())) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  [[nodiscard]] std::string text(const char* name) const {
    std::ifstream file(fs::path(out()) / name, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // A whole run with files. The summary's fingerprint is that of the stream.
  HostResult<void> run(const OutputOptions& options) {
    HostResult<OutputFiles> files = OutputFiles::create(options);
    if (!files) return Unexpected(files.error());
    RecordStream stream;
    SummaryView view;
    stream.subscribe(view);
    stream.subscribe(*files);
    view_test::publish_run(stream);
    return files->commit(view.summary(stream));
  }

  fs::path root_;
};

TEST_F(OutputFilesTest, ARunLeavesItsFilesAndNothingElse) {
  ASSERT_TRUE(run({out()}));
  EXPECT_THAT(names(), ElementsAre("calls.csv", "replies.jsonl", "series.csv", "summary.json"));
}

TEST_F(OutputFilesTest, CallsHaveOneRowEach) {
  ASSERT_TRUE(run({out()}));
  EXPECT_EQ(text("calls.csv"),
            "start_ns,service_ns,reply_ns,pid,tid,process,server,call,type,priority,status,errno,errno_name,object\n"
            "1000,1100,2500,2,1,client,memmgr,shm_open,0,10,0,0,EOK,1\n"
            "3000,3100,4000,2,1,client,memmgr,_MEM_OBJ_INFO,0,10,0,0,EOK,1\n"
            "4500,4600,5000,2,1,client,memmgr,shm_ctl,0,10,-1,12,ENOMEM,1\n");
}

TEST_F(OutputFilesTest, TheHeadOfACsvFileSaysInALastColumnWithoutValuesWhatMadeIt) {
  OutputOptions options{out()};
  options.made_by = made_by_line("memsim 1.2.3, scenario abc, seed 7", {"1.2.3", 0xabc, {{"machine.cpus", "2"}}});
  ASSERT_TRUE(run(options));
  const std::string made_by = "\"memsim 1.2.3, scenario abc, seed 7; overridden: machine.cpus=2\"\n";
  EXPECT_THAT(text("calls.csv"), HasSubstr("errno,errno_name,object," + made_by + "1000,1100,2500,"));
  EXPECT_THAT(text("calls.csv"), HasSubstr("shm_open,0,10,0,0,EOK,1,\n"));
  EXPECT_THAT(text("series.csv"), HasSubstr("," + made_by));
}

TEST_F(OutputFilesTest, RepliesHaveOneLineEach) {
  ASSERT_TRUE(run({out()}));
  EXPECT_EQ(text("replies.jsonl"),
            "{\"time_ns\":4000,\"process\":\"client\",\"object_name\":\"/myshmem\",\"pid\":2,\"tid\":1,\"object\":1,"
            "\"object_size_bytes\":12288,\"offset_bytes\":0,\"length_bytes\":18446744073709551615,\"capacity\":1,"
            "\"in_range\":2,\"cut\":true,\"segments\":[{\"offset\":0,\"paddr\":1048576,\"length\":8192}]}\n");
}

TEST_F(OutputFilesTest, AllRecordsAreWrittenOnRequestAndEachLineIsJson) {
  ASSERT_TRUE(run({out(), false, true}));
  std::istringstream lines(text("records.jsonl"));
  std::uint64_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["sequence"], count);
    EXPECT_TRUE(json["kind"].is_string());
  }
  EXPECT_EQ(count, nlohmann::json::parse(text("summary.json"))["counts"]["records"]);
}

TEST_F(OutputFilesTest, WithoutCommitNothingStaysBehindNotEvenTheDirectory) {
  {
    const auto files = OutputFiles::create({(root_ / "out" / "deep").string()});
    ASSERT_TRUE(files);
    EXPECT_TRUE(fs::exists(out()));
  }
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(OutputFilesTest, FilesOfAnEarlierRunAreRefusedUnlessToBeReplaced) {
  ASSERT_TRUE(run({out()}));
  const std::string before = text("calls.csv");
  const auto again = run({out()});
  ASSERT_FALSE(again);
  EXPECT_EQ(exit_code(again.error()), ExitCode::host_failed);
  EXPECT_THAT(again.error()[0].help, HasSubstr("--force"));
  EXPECT_EQ(text("calls.csv"), before);
  EXPECT_TRUE(run({out(), true}));
}

TEST_F(OutputFilesTest, ReplacingRemovesRecordsThatTheNewRunDoesNotWrite) {
  ASSERT_TRUE(run({out(), false, true}));
  ASSERT_TRUE(run({out(), true, false}));
  EXPECT_THAT(names(), ElementsAre("calls.csv", "replies.jsonl", "series.csv", "summary.json"));
}

TEST_F(OutputFilesTest, OnlyTheFilesAskedForAreWrittenAndThoseOfAnEarlierRunGo) {
  ASSERT_TRUE(run({out()}));
  ASSERT_TRUE(run({.directory = out(), .replace = true, .only = {"summary", "series"}}));
  EXPECT_THAT(names(), ElementsAre("series.csv", "summary.json"));
}

TEST_F(OutputFilesTest, AnUnknownOutputIsRefusedBeforeAnythingIsMade) {
  const auto result = OutputFiles::create({.directory = out(), .only = {"serie"}});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(exit_code(result.error()), ExitCode::bad_input);
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(OutputFilesTest, OtherFilesInTheDirectoryAreLeftAlone) {
  fs::create_directory(out());
  std::ofstream(fs::path(out()) / "notes.txt") << "mine";
  ASSERT_TRUE(run({out()}));
  EXPECT_EQ(text("notes.txt"), "mine");
}

TEST_F(OutputFilesTest, ADirectoryInTheWayIsAnErrorEvenWhenReplacing) {
  fs::create_directories(fs::path(out()) / "summary.json");
  EXPECT_FALSE(run({out(), true}));
}

TEST_F(OutputFilesTest, AFileInPlaceOfTheDirectoryIsAnError) {
  std::ofstream(out()) << "x";
  const auto result = run({out()});
  ASSERT_FALSE(result);
  EXPECT_EQ(exit_code(result.error()), ExitCode::host_failed);
}

TEST_F(OutputFilesTest, ASymbolicLinkIsReplacedAndNotFollowed) {
  fs::create_directory(out());
  std::ofstream(root_ / "precious") << "precious";
  fs::create_symlink(root_ / "precious", fs::path(out()) / "calls.csv");
  ASSERT_TRUE(run({out(), true}));
  std::ifstream precious(root_ / "precious");
  std::string content;
  precious >> content;
  EXPECT_EQ(content, "precious");
}

TEST_F(OutputFilesTest, TwoRunsCannotShareADirectory) {
  const auto first = OutputFiles::create({out()});
  ASSERT_TRUE(first);
  const auto second = OutputFiles::create({out()});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error()[0].message, HasSubstr("in use by another run"));
}

TEST_F(OutputFilesTest, LeftoversOfAKilledRunDoNotStopTheNext) {
  fs::create_directory(out());
  std::ofstream(fs::path(out()) / ".calls.csv.partial") << "half";
  ASSERT_TRUE(run({out()}));
  EXPECT_THAT(names(), ElementsAre("calls.csv", "replies.jsonl", "series.csv", "summary.json"));
}

// So nothing is left of a run that is killed.
TEST_F(OutputFilesTest, WhatIsBeingWrittenHasNoNameYet) {
  const int nameless = ::open(root_.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
  if (nameless < 0) GTEST_SKIP() << "no such files here";
  ::close(nameless);
  auto files = OutputFiles::create({out(), false, true});
  ASSERT_TRUE(files);
  EXPECT_TRUE(fs::is_empty(out()));
  ASSERT_TRUE(files->commit(Summary()));
  EXPECT_THAT(names(), ElementsAre("calls.csv", "records.jsonl", "replies.jsonl", "series.csv", "summary.json"));
}

// A file that may not grow stands for a full disk: writing fails in the middle.
TEST_F(OutputFilesTest, AFullDiskLeavesNothing) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  const rlimit tight{100, old_limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto result = run({out()});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  ASSERT_FALSE(result);
  EXPECT_EQ(exit_code(result.error()), ExitCode::host_failed);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(OutputFilesTest, AReadOnlyDirectoryIsAnError) {
  if (::geteuid() == 0) {
    // Permissions do not bind root; /proc binds everybody.
    EXPECT_FALSE(run({"/proc/memsim_out"}));
    return;
  }
  fs::create_directory(out());
  fs::permissions(out(), fs::perms::owner_read | fs::perms::owner_exec);
  const auto result = run({out()});
  fs::permissions(out(), fs::perms::owner_all);
  EXPECT_FALSE(result);
}

}  // namespace
}  // namespace memsim
