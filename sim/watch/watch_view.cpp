#include "sim/watch/watch_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include <memsim/base/call.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/summary.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

constexpr std::size_t kCallersShown = 6;
constexpr std::array kShades = {" ", "░", "▒", "▓", "█"};

using PerOrder = std::array<std::uint64_t, 33>;

// Adds the maximal aligned power-of-two blocks of a free run.
void add_blocks(PerOrder& blocks, std::uint64_t first, std::uint64_t end) {
  while (first < end) {
    const int aligned = first == 0 ? 63 : std::countr_zero(first);
    const int order = std::min({aligned, static_cast<int>(std::bit_width(end - first)) - 1, 32});
    ++blocks[static_cast<std::size_t>(order)];
    first += std::uint64_t{1} << order;
  }
}

// The frames in use of each of `cells` stretches of a region, and its free blocks.
struct Picture {
  std::vector<std::uint64_t> taken;
  std::uint64_t cell = 1;
  std::uint64_t free = 0;
  std::uint64_t largest = 0;
  PerOrder blocks{};
};

Picture picture_of(const FrameBook& book, Extent region, std::size_t cells) {
  Picture picture;
  const std::uint64_t frames = region.count.count();
  picture.cell = std::max<std::uint64_t>(1, (frames + cells - 1) / cells);
  picture.taken.assign((frames + picture.cell - 1) / picture.cell, 0);
  const std::uint64_t base = region.first.value();
  std::uint64_t free_from = base;
  const auto end_free = [&](std::uint64_t end) {
    add_blocks(picture.blocks, free_from, end);
    picture.free += end - free_from;
    picture.largest = std::max(picture.largest, end - free_from);
  };
  book.for_each_held(region, [&](Extent held, const FrameHolding&) {
    end_free(held.first.value());
    free_from = held.end().value();
    const std::uint64_t end = free_from - base;
    for (std::uint64_t at = held.first.value() - base; at < end;) {
      const std::uint64_t stop = std::min(end, (at / picture.cell + 1) * picture.cell);
      picture.taken[at / picture.cell] += stop - at;
      at = stop;
    }
  });
  end_free(base + frames);
  return picture;
}

}  // namespace

std::string WatchView::process(ProcessId pid) const { return escaped_for_terminal(names_.process(pid)); }

void WatchView::add_failure(SimTime time, std::string text) {
  ++failure_count_;
  failures_.push_front(fmt::format("{}  {}", format_duration_human(time - SimTime()), text));
  if (failures_.size() > kFailuresKept) failures_.pop_back();
}

void WatchView::on(RunPoint at, const MessageReplied& record) {
  const std::string_view name = names_.process(record.pid);
  const std::string_view fleet = fleet_of(name);
  Caller& caller = callers_[std::string(fleet.empty() ? name : fleet)];
  ++caller.messages;
  caller.waited = saturating_add(caller.waited, at.time - record.sent);
  if (record.error == Errno::eok) return;
  add_failure(at.time, fmt::format("{}: {} failed with {}", process(record.pid), call_name(record.call),
                                   errno_name(record.error)));
}

void WatchView::on(RunPoint at, const AllocationFailed& record) {
  add_failure(at.time, fmt::format("{}: no {} frames{}; {} are free, {} in one piece", process(record.pid),
                                   record.frames.count(), record.contiguous ? " in one piece" : "", record.free.count(),
                                   record.largest_free_run.count()));
}

void WatchView::on(RunPoint at, const SegmentReply& record) {
  if (!record.cut) return;
  add_failure(at.time, fmt::format("{}: a reply of {} segments was cut at {}", process(record.pid), record.in_range,
                                   record.capacity));
}

void WatchView::on(RunPoint at, const DeadlockFound& record) {
  std::string members;
  for (const ThreadRef& member : record.members) members += (members.empty() ? "" : " > ") + process(member.pid);
  add_failure(at.time, "deadlock: " + members);
}

void WatchView::on(RunPoint at, const ProgramFault& record) {
  add_failure(at.time, fmt::format("{}: fault: {}", process(record.pid), escaped_for_terminal(record.reason)));
}

void WatchView::append_region(std::vector<std::string>& out, const FrameBook::Region& region,
                              std::size_t columns) const {
  const Picture picture = picture_of(book_, region.extent, std::max<std::size_t>(8, columns - 2));
  const auto size = [&](std::uint64_t frames) {
    return format_size_human(book_.page_size().bytes_of(FrameCount(frames)));
  };
  out.push_back(fmt::format("{}: {} of {} free, at most {} in one piece", escaped_for_terminal(region.name),
                            size(picture.free), size(region.extent.count.count()), size(picture.largest)));
  std::string strip = "|";
  std::uint64_t left = region.extent.count.count();
  for (const std::uint64_t taken : picture.taken) {
    const std::uint64_t cell = std::min(picture.cell, left);
    left -= cell;
    strip += taken == 0 ? kShades.front() : taken == cell ? kShades.back() : kShades[1 + (3 * taken - 1) / cell];
  }
  out.push_back(strip + "|");
  std::string orders = "free blocks:";
  for (std::size_t order = 0; order < picture.blocks.size(); ++order) {
    if (picture.blocks[order] > 0) orders += fmt::format(" {}:{}", order, picture.blocks[order]);
  }
  out.push_back(orders.substr(0, columns));
}

std::vector<std::string> WatchView::lines(std::size_t columns, std::size_t rows) const {
  std::vector<std::string> out;
  for (const FrameBook::Region& region : book_.regions()) append_region(out, region, columns);
  std::vector<std::pair<std::string, Caller>> busiest(callers_.begin(), callers_.end());
  std::stable_sort(busiest.begin(), busiest.end(),
                   [](const auto& a, const auto& b) { return a.second.messages > b.second.messages; });
  busiest.resize(std::min(busiest.size(), kCallersShown));
  out.emplace_back();
  out.emplace_back("busiest");
  for (const auto& [name, caller] : busiest) {
    out.push_back(fmt::format("  {:<24} {:>10} messages, waited {}", escaped_for_terminal(name), caller.messages,
                              format_duration_human(caller.waited)));
  }
  out.emplace_back();
  out.push_back(ended_ ? fmt::format("{} failures; the run ended ({})", failure_count_, name_of(*ended_))
                       : fmt::format("{} failures", failure_count_));
  for (const std::string& failure : failures_) out.push_back("  " + failure);
  if (out.size() > rows) out.resize(rows);
  return out;
}

}  // namespace memsim
