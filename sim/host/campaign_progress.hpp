// Progress of several runs on a terminal: how many are done, and about how long the rest will take. Reads the wall
// clock; nothing of it reaches the results. Used by several threads at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

namespace memsim {

class CampaignProgress {
 public:
  // Shows nothing unless `is_shown`. `weight` is the work of all runs together, in any unit.
  CampaignProgress(std::string what, std::size_t count, std::uint64_t weight, bool is_shown);
  CampaignProgress(const CampaignProgress&) = delete;
  CampaignProgress& operator=(const CampaignProgress&) = delete;
  ~CampaignProgress();  // clears the line

  // One run is done; `is_bad` counts it among those to look at.
  void done(std::uint64_t weight, bool is_bad);

 private:
  using Clock = std::chrono::steady_clock;

  std::mutex mutex_;
  std::string what_;
  std::size_t count_;
  std::uint64_t weight_;
  bool is_shown_;
  std::size_t count_done_ = 0;
  std::size_t count_bad_ = 0;
  std::uint64_t weight_done_ = 0;
  Clock::time_point started_;
};

}  // namespace memsim
