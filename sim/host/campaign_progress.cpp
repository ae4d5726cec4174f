#include "sim/host/campaign_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "sim/host/console.hpp"

namespace memsim {

CampaignProgress::CampaignProgress(std::string what, std::size_t count, std::uint64_t weight, bool is_shown)
    : what_(std::move(what)), count_(count), weight_(weight), is_shown_(is_shown), started_(Clock::now()) {
  if (is_shown_) print_error(fmt::format("{}{}: 0 of {}", kClearLine, what_, count_));
}

CampaignProgress::~CampaignProgress() {
  if (is_shown_) print_error(kClearLine);
}

void CampaignProgress::done(std::uint64_t weight, bool is_bad) {
  const std::lock_guard lock(mutex_);
  ++count_done_;
  count_bad_ += is_bad ? 1 : 0;
  weight_done_ += weight;
  if (!is_shown_) return;
  std::string line = fmt::format("{}{}: {} of {}", kClearLine, what_, count_done_, count_);
  if (count_bad_ > 0) line += fmt::format(", {} failed", count_bad_);
  // In whole seconds: what is left took as long for its weight as what is done.
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - started_).count();
  const std::uint64_t left = weight_ - std::min(weight_, weight_done_);
  if (seconds > 0 && weight_done_ > 0 && left > 0) {
    __extension__ using Wide = unsigned __int128;
    const Wide estimate = Wide{static_cast<std::uint64_t>(seconds)} * left / weight_done_;
    line += fmt::format(", about {} s left", static_cast<std::uint64_t>(estimate) + 1);
  }
  print_error(line);
}

}  // namespace memsim
