// Files of one test, in a folder that goes with it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <memsim/replay/trace.hpp>

namespace memsim {

class Files {
 public:
  Files() {
    const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("memsim_replay_" + std::string(test->test_suite_name()) + "_" + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }

 private:
  std::filesystem::path folder_;
};

// All events of a trace, or none and a failed test.
inline std::vector<TraceEvent> events_of(const std::string& path) {
  std::vector<TraceEvent> all;
  const HostResult<std::unique_ptr<TraceReader>> reader = open_trace(path);
  if (!reader) {
    ADD_FAILURE() << render(reader.error(), Colour::off);
    return all;
  }
  for (std::vector<TraceEvent> events;;) {
    const HostResult<void> read = (*reader)->next(events);
    if (!read) ADD_FAILURE() << render(read.error(), Colour::off);
    if (!read || events.empty()) return all;
    all.insert(all.end(), events.begin(), events.end());
  }
}

// What reading all of a trace complains of; empty where it does not.
inline std::string complaint_about(const std::string& path, const TraceLimits& limits = {}) {
  const HostResult<std::unique_ptr<TraceReader>> reader = open_trace(path, limits);
  if (!reader) return render(reader.error(), Colour::off);
  for (std::vector<TraceEvent> events;;) {
    const HostResult<void> read = (*reader)->next(events);
    if (!read) return render(read.error(), Colour::off);
    if (events.empty()) return {};
  }
}

}  // namespace memsim
