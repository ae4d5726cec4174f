// WatchView: a run at one moment, as lines for a terminal: how full memory is, free blocks by order, who is busiest,
// and what failed last.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <memsim/engine/view.hpp>
#include <memsim/view/follow/frame_book.hpp>
#include <memsim/view/follow/name_book.hpp>

namespace memsim {

class WatchView final : public View<WatchView> {
 public:
  auto followers() { return std::tie(names_, book_); }
  void on(RunPoint at, const MessageReplied& record);
  void on(RunPoint at, const AllocationFailed& record);
  void on(RunPoint at, const SegmentReply& record);
  void on(RunPoint at, const DeadlockFound& record);
  void on(RunPoint at, const ProgramFault& record);
  void on(const RunEnded& record) { ended_ = record.reason; }

  [[nodiscard]] std::uint64_t failure_count() const { return failure_count_; }

  // At most `rows` lines of at most `columns` cells each. Names are escaped.
  [[nodiscard]] std::vector<std::string> lines(std::size_t columns, std::size_t rows) const;

 private:
  struct Caller {
    std::uint64_t messages = 0;
    SimDuration waited;
  };
  void add_failure(SimTime time, std::string text);
  [[nodiscard]] std::string process(ProcessId pid) const;
  void append_region(std::vector<std::string>& out, const FrameBook::Region& region, std::size_t columns) const;

  static constexpr std::size_t kFailuresKept = 100;

  NameBook names_;
  FrameBook book_;
  std::map<std::string, Caller> callers_;  // by fleet
  std::deque<std::string> failures_;       // the last ones, the newest first
  std::uint64_t failure_count_ = 0;
  std::optional<StopReason> ended_;
};

}  // namespace memsim
