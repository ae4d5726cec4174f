// What the tests of baselines share: a baseline made by hand, texts with a part replaced, a folder that goes away.
#pragma once

#include <unistd.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/campaign/baseline.hpp>

namespace memsim::campaign_test {

// A run in which every layer has `entries` entries, numbered. `changed` gets another number.
inline Baseline sample_baseline(std::uint64_t entries, std::uint64_t changed = UINT64_MAX) {
  RecordStream stream;
  constexpr EntryWindow kTexts = {0, kBaselineTexts};
  LayerView view({kTexts, kTexts, kTexts, kTexts, kTexts});
  stream.subscribe(view);
  for (std::uint64_t i = 0; i < entries; ++i) {
    const auto number = static_cast<std::uint32_t>(i == changed ? 1'000'000'000 : i);
    stream.publish(ProcessExited{ProcessId(number), ExitCause::finished});
    stream.publish(ObjectDestroyed{ObjectId(number)});
    SegmentReply reply;
    reply.capacity = number;
    stream.publish(reply);
    RegionSample sample;
    sample.free = FrameCount(number);
    stream.publish(sample);
  }
  Baseline baseline;
  baseline.version = "0.1.0";
  baseline.seed = 7;
  baseline.policy = "buddy placement=lifo";
  baseline.end = "finished";
  baseline.end_time = SimTime(1234);
  baseline.record_count = stream.count();
  baseline.fingerprint = entries;
  for (const Layer layer : kLayers) {
    BaselineLayer& kept = baseline.layers[static_cast<std::size_t>(layer)];
    kept.digest = view.digest(layer);
    for (const EntryText& entry : view.texts(layer)) kept.texts.push_back(entry.text);
  }
  baseline.measures = {{"events", 42}, {"messages", 43}, {"region/ram/free_frames/end", -1}};
  return baseline;
}

inline std::string replaced(std::string text, std::string_view part, std::string_view by) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return at == std::string::npos ? text : text.replace(at, part.size(), by);
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "memsim_campaign_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string path(std::string_view name) const { return (path_ / name).string(); }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace memsim::campaign_test
