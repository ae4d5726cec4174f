// Programs that do all they can to hurt: each is a simulated process that ends, or one that goes on, and nothing else
// is hurt. MEMSIM_HOSTILE_SEEDS says how many there are, of which the tests usually take a few.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

int seeds() {
  const char* text = std::getenv("MEMSIM_HOSTILE_SEEDS");
  return text != nullptr ? std::atoi(text) : 12;
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}
std::ptrdiff_t tasks() {
  std::ptrdiff_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::error_code error;
    count += std::filesystem::read_symlink(entry.path() / "exe", error) == MEMSIM_PROGRAM_DIR "/hostile" ? 1 : 0;
  }
  return count;
}

TEST(HostilePrograms, HurtNobodyAndLeaveNothing) {
  const std::ptrdiff_t files = open_files();
  for (int seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::string text(kFreeMachine);
    text.insert(text.find("machine:\n"), "until: 10s\n");
    const Outcome run = run_config(load_with_programs(
        text + "  - {name: hostile, program: {run: ./hostile, args: [" + std::to_string(seed) +
        ", 30], host_seconds: 1}}\n  - {name: other, priority: 20, program: [{sleep: 500us}, {note: goes on}]}\n"));
    EXPECT_THAT(run->named_notes(), testing::Contains("other: goes on"));
    EXPECT_EQ(open_files(), files);
    EXPECT_EQ(tasks(), 0);
  }
}

TEST(HostilePrograms, WhereTheHostHasNoDescriptorsLeftTheRestIsNotStartedAndSaidSo) {
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  rlimit few = usual;
  few.rlim_cur = 64 + 20;  // those of programs are from 64 on
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const Outcome run = run_programs("  - {name: server, count: 20, program: {run: ./acts, args: [serve]}}\n");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  EXPECT_THAT(run->faults, testing::Contains(testing::HasSubstr("cannot start ./acts")));
  EXPECT_LT(run->exits.size(), 20u);  // the others wait to the end
}

}  // namespace
}  // namespace memsim::test
