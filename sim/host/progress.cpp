#include "sim/host/progress.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>

#include "sim/host/console.hpp"

namespace memsim {
namespace {

constexpr std::array kWanted = {RecordKind::message_replied, RecordKind::call_completed, RecordKind::frames_released,
                                RecordKind::region_sample};
constexpr std::uint32_t kRecordsBetweenLooks = 1 << 14;
constexpr std::chrono::milliseconds kBetweenLines{250};
constexpr std::chrono::milliseconds kBetweenPlainLines{60'000};

}  // namespace

Progress::Progress(const std::string& name, SimTime until)
    : name_(escaped_for_terminal(name)),
      is_terminal_(standard_error_is_terminal()),
      until_(until),
      started_(Clock::now()),
      next_(started_ + (is_terminal_ ? 2 * kBetweenLines : kBetweenPlainLines)) {}

void Progress::finish() {
  if (std::exchange(shown_, false)) print_error(kClearLine);
}

std::span<const RecordKind> Progress::wanted() const { return kWanted; }

void Progress::on_record(const RecordView& record) {
  if (++seen_ % kRecordsBetweenLooks != 0) return;
  const Clock::time_point wall = Clock::now();
  if (wall >= next_) show(record.time(), wall);
}

// What is left takes as long for its simulated time as what is done. Empty where nobody knows the end.
std::string Progress::time_left(SimTime now, std::uint64_t milliseconds) const {
  if (until_ == never() || until_ < now || now == SimTime()) return {};
  __extension__ using Wide = unsigned __int128;
  const Wide left = Wide{milliseconds} * (until_ - now).count() / now.value() / 1000;
  return fmt::format(", about {} s left", static_cast<std::uint64_t>(left) + 1);
}

void Progress::show(SimTime now, Clock::time_point wall) {
  const auto milliseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(wall - started_).count());
  std::string line = fmt::format("{}{}: ", is_terminal_ ? kClearLine : "", name_);
  if (until_ != never() && until_ != SimTime() && now <= until_) {
    line += fmt::format("{} %, ", permille_of(now.value(), until_.value()) / 10);
  }
  line += fmt::format("{} simulated", format_duration_human(now - SimTime()));
  if (world_ != nullptr) {
    line += fmt::format(", {} events a second", world_->event_count() * 1000 / (milliseconds + 1));
  }
  line += time_left(now, milliseconds);
  print_error(is_terminal_ ? line : line + '\n');
  shown_ = is_terminal_;
  next_ = wall + (is_terminal_ ? kBetweenLines : kBetweenPlainLines);
}

}  // namespace memsim
