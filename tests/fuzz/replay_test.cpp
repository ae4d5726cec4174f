// Replays what the fuzzers grew and found, the invalid scenarios, and damaged copies of the valid ones.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <memsim/base/random.hpp>
#include <memsim/scenario/scenario.hpp>

#include "fuzz/targets.hpp"

namespace memsim {
namespace {

using Target = void (*)(std::string_view);

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

void replay(Target target, std::initializer_list<const char*> folders) {
  std::size_t count = 0;
  for (const char* folder : folders) {
    for (const auto& path : files_in(folder)) {
      SCOPED_TRACE(path);
      target(bytes_of(path));
      ++count;
    }
  }
  EXPECT_GT(count, 0u);
}

TEST(Fuzz, TheLoaderSurvivesItsCorpus) {
  replay(fuzz::fuzz_scenario,
         {"tests/fuzz/corpus/scenario", "tests/fuzz/corpus/grown", "tests/scenario/invalid", "scenarios"});
}

TEST(Fuzz, TheReadersOfOtherFilesSurviveTheirCorpus) { replay(fuzz::fuzz_files, {"tests/fuzz/corpus/files"}); }

TEST(Fuzz, TheReadersOfRecordingsSurviveTheirCorpus) {
  replay(fuzz::fuzz_recordings, {"tests/fuzz/corpus/recordings"});
}

TEST(Fuzz, WhatTheLoaderAcceptsCanBeRun) {
  replay(fuzz::fuzz_run,
         {"tests/fuzz/corpus/scenario", "tests/fuzz/corpus/grown", "tests/fuzz/corpus/run", "scenarios"});
}

TEST(Fuzz, TheValidFilesOfTheCorpusLoad) {
  std::size_t loaded = 0;
  for (const auto& path : files_in("tests/fuzz/corpus/scenario")) {
    if (!path.filename().string().starts_with("valid_")) continue;
    const auto scenario = load_scenario(path.string());
    EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : render(scenario.error(), Colour::off));
    ++loaded;
  }
  EXPECT_GE(loaded, 2u);
}

// Cut, thinned out, or with a character of the syntax where another was.
void damage(std::string& text, RandomStream& stream) {
  const std::uint64_t at = stream.below(text.size());
  switch (stream.below(3)) {
    case 0:
      text.resize(at);
      break;
    case 1:
      text.erase(at, stream.below(8));
      break;
    default:
      text[at] = "[]{},:&*!|>'\"%#-? \n$"[stream.below(20)];
      break;
  }
}

TEST(Fuzz, DamagedFilesAreSurvived) {
  RandomStream stream(1);
  const auto damaged = [&](const char* folder, std::string_view prefix, Target target, int rounds) {
    for (const auto& path : files_in(folder)) {
      const std::string whole = bytes_of(path);
      if (!path.filename().string().starts_with(prefix)) continue;
      for (int round = 0; round < rounds && whole.size() > 1; ++round) {
        std::string text = whole;
        damage(text, stream);
        target(text);
      }
    }
  };
  damaged("tests/fuzz/corpus/scenario", "valid_", fuzz::fuzz_scenario, 100);
  damaged("tests/fuzz/corpus/scenario", "valid_", fuzz::fuzz_run, 30);
  for (const char* kind : {"baseline_", "csv_", "records_"}) {
    damaged("tests/fuzz/corpus/files", kind, fuzz::fuzz_files, 30);
  }
  damaged("tests/fuzz/corpus/recordings", "", fuzz::fuzz_recordings, 100);
}

}  // namespace
}  // namespace memsim
