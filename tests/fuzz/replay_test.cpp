// Replays the fuzzer's corpus, the invalid scenarios, and damaged copies of the valid ones.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <memsim/base/random.hpp>
#include <memsim/scenario/scenario.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace memsim {
namespace {

std::set<std::filesystem::path> files_in(const char* folder) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(MEMSIM_SOURCE_DIR) / folder)) {
    if (entry.is_regular_file()) files.insert(entry.path());
  }
  return files;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void run(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

TEST(ScenarioFuzz, TheCorpusIsSurvived) {
  for (const char* folder : {"tests/fuzz/corpus", "tests/scenario/invalid", "scenarios"}) {
    for (const auto& path : files_in(folder)) {
      SCOPED_TRACE(path);
      run(bytes_of(path));
    }
  }
}

TEST(ScenarioFuzz, TheValidFilesOfTheCorpusLoad) {
  std::size_t loaded = 0;
  for (const auto& path : files_in("tests/fuzz/corpus")) {
    if (!path.filename().string().starts_with("valid_")) continue;
    const auto scenario = load_scenario(path.string());
    EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : render(scenario.error(), Colour::off));
    ++loaded;
  }
  EXPECT_GE(loaded, 2u);
}

TEST(ScenarioFuzz, DamagedFilesAreSurvived) {
  RandomStream stream(1);
  for (const auto& path : files_in("tests/fuzz/corpus")) {
    const std::string whole = bytes_of(path);
    for (int round = 0; round < 30 && !whole.empty(); ++round) {
      std::string text = whole;
      const std::uint64_t at = stream.below(text.size());
      const std::uint64_t kind = stream.below(3);
      if (kind == 0) text.resize(at);
      if (kind == 1) text.erase(at, stream.below(8));
      if (kind == 2) text[at] = "[]{},:&*!|>'\"%#-? \n$"[stream.below(20)];
      run(text);
    }
  }
}

}  // namespace
}  // namespace memsim
