// Every file of tests/scenario/invalid is refused with exactly the diagnostics that stand beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <memsim/scenario/scenario.hpp>

namespace memsim {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(MEMSIM_SOURCE_DIR) / "tests/scenario/invalid";

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string without_folder(std::string text) {
  const std::string prefix = kFolder.string() + '/';
  for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
    text.erase(at, prefix.size());
  }
  return text;
}

TEST(InvalidScenarios, GetTheDiagnosticsThatStandBesideThem) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") files.insert(entry.path());
  }
  ASSERT_GT(files.size(), 70u);
  for (const auto& path : files) {
    SCOPED_TRACE(path.filename());
    const auto scenario = load_scenario(path.string());
    ASSERT_FALSE(scenario.has_value());
    auto expected = path;
    EXPECT_EQ(without_folder(render(scenario.error(), Colour::off)), bytes_of(expected.replace_extension(".txt")));
  }
}

TEST(InvalidScenarios, EndWithTheExitCodeOfTheirFault) {
  const auto code_of = [](const char* name) { return exit_code(load_scenario((kFolder / name).string()).error()); };
  EXPECT_EQ(code_of("unknown_keys.yaml"), ExitCode::bad_input);
  EXPECT_EQ(code_of("empty.yaml"), ExitCode::bad_input);
  EXPECT_EQ(code_of("deep_list.yaml"), ExitCode::cap_reached);
  EXPECT_EQ(code_of("too_many_processes.yaml"), ExitCode::cap_reached);
  EXPECT_EQ(code_of("no_such_file.yaml"), ExitCode::host_failed);
  EXPECT_EQ(code_of(""), ExitCode::host_failed);
}

}  // namespace
}  // namespace memsim
