// What is told of a run of recordings besides its summary: what became of what they asked for, how fragmented memory
// was over time, and its free lists at the end beside recorded ones.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <memsim/campaign/run_session.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/replay/comparison.hpp>
#include <memsim/replay/recorded_state.hpp>

namespace memsim {

class RecordingReport final : public View<RecordingReport> {
 public:
  // `against`: what to compare the lists with, and as what the user named it.
  RecordingReport() = default;
  RecordingReport(RecordedState against, std::string name, bool merged)
      : against_(std::move(against)), against_name_(std::move(name)), is_merged_(merged) {}

  void on(RunPoint at, const RegionSample& sample);
  // Once the run is over.
  void look(const Scenario& scenario, const World& world);

  [[nodiscard]] std::string text() const;
  // "recording": an object, as a member for the summary's, indented as that is.
  [[nodiscard]] std::string json_member() const;

 private:
  static constexpr std::array<unsigned, 3> kOrders = {4, 9, 10};  // whose unusable index is told
  struct Row {
    SimTime time;
    RegionId region;
    FrameCount free;
    std::array<std::uint32_t, kOrders.size()> unusable_permille{};  // of each
  };
  struct Background {
    std::string name;
    BackgroundCounts counts;
  };

  std::optional<RecordedState> against_;
  std::string against_name_;
  bool is_merged_ = false;
  std::vector<Row> rows_;
  RegionId region_{};  // the zone's
  std::vector<Background> backgrounds_;
  std::optional<ListComparison> comparison_;
};

}  // namespace memsim
