#include "sim/host/progress.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/host/standard_streams.hpp>

namespace memsim {
namespace {

constexpr std::array kWanted = {RecordKind::message_replied, RecordKind::call_completed, RecordKind::region_sample};
constexpr std::uint32_t kRecordsBetweenLooks = 1 << 14;
constexpr std::chrono::milliseconds kBetweenLines{250};
constexpr std::string_view kClearLine = "\r\x1b[K";

void write_line(std::string_view text) {
  // A progress line that cannot be written is no loss.
  static_cast<void>(host::write_to(host::Stream::error, text));
}

}  // namespace

Progress::Progress(const std::string& name, SimTime until)
    : name_(escaped_for_terminal(name)), until_(until), started_(Clock::now()), next_(started_ + 2 * kBetweenLines) {}

void Progress::finish() {
  if (std::exchange(shown_, false)) write_line(kClearLine);
}

std::span<const RecordKind> Progress::wanted() const { return kWanted; }

void Progress::on_record(const RecordView& record) {
  if (++seen_ % kRecordsBetweenLooks != 0) return;
  const Clock::time_point wall = Clock::now();
  if (wall >= next_) show(record.time(), record.sequence(), wall);
}

void Progress::show(SimTime now, std::uint64_t records, Clock::time_point wall) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wall - started_).count();
  std::string line = fmt::format("{}{}: {} simulated", kClearLine, name_, format_duration_human(now - SimTime()));
  if (until_ != never() && until_ != SimTime() && now <= until_) {
    line += fmt::format(" ({} %)", permille_of(now.value(), until_.value()) / 10);
  }
  write_line(line + fmt::format(", {} records, {} s", records, seconds));
  shown_ = true;
  next_ = wall + kBetweenLines;
}

}  // namespace memsim
