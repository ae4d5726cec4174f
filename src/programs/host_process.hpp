// What the threads of a program of the host share: the process of the host, what it has mapped, its receive ids, and
// what it wrote.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <memsim/engine/record_stream.hpp>
#include <memsim/kernel/caller.hpp>
#include <memsim/kernel/caller_source.hpp>
#include <memsim/kernel/config.hpp>

#include "programs/calls/tickets.hpp"
#include "programs/child/child.hpp"
#include "programs/child/lock_step.hpp"
#include "programs/memory/contents.hpp"
#include "programs/memory/page_table.hpp"

namespace memsim::programs {

class ProgramCaller;

// What the programs of one world share.
struct Shared {
  const WorldConfig& config;
  RecordStream& records;
  ProgramLimits limits;
  Contents contents;
  std::vector<ProgramCaller*> callers;  // alive, in the order of their start
};

class HostProcess {
 public:
  // Starts it; where that fails, start_failure() says why.
  HostProcess(Shared& shared, const HostProgram& program, ProcessId pid);

  [[nodiscard]] const std::string& start_failure() const { return start_failure_; }
  // Null: it has ended, or never began.
  [[nodiscard]] Child* child() { return child_.get(); }
  // It has ended by itself, and that was told.
  [[nodiscard]] bool is_over() const { return is_over_; }
  [[nodiscard]] Tickets& tickets() { return tickets_; }

  // Makes a slot new for a thread of that number. EAGAIN where a thread has it, or the host refuses: a host's errno.
  [[nodiscard]] int open_lane(std::uint64_t lane);
  // Whether a slot was opened, and no thread has it.
  [[nodiscard]] bool is_waiting(std::size_t lane) const {
    return child_ != nullptr && lane < link::kLanes && lanes_[lane] == Lane::opened;
  }
  // A thread has taken the slot that was opened for it; it gives it back. False: it was not.
  [[nodiscard]] bool take_lane(std::size_t lane, ThreadId tid);
  void give_back_lane(std::size_t lane) { lanes_[lane] = Lane::closed; }

  // What the program has to be charged for having computed since the last time: `per_1000` for each 1000 instructions.
  [[nodiscard]] SimDuration measured_time(SimDuration per_1000);
  // Something was carried out after which the process may have other memory, though no frame changed hands.
  void memory_may_differ() { may_differ_ = true; }
  // The thread's reference to a page of a private copy is about to be served, after which the page shows what `from`
  // holds.
  void expect_copy(std::size_t lane, VirtAddr address, PhysAddr from) { copies_.push_back({lane, address, from}); }
  // It will not come.
  void forget_copy(std::size_t lane);
  // Makes what the program has mapped as it should be, before a thread of it goes on. `changed` says whether anything
  // had to. Anything but `asked`: the program did not do as it was told.
  [[nodiscard]] Stop show_memory(const Turn& turn, std::size_t lane, LockStep& lock_step, bool& changed);

  void publish_output(bool is_end);
  // Ends it, whatever it does, and has what it wrote.
  End finish(bool is_over);

 private:
  enum class Lane : std::uint8_t { closed, opened, taken };
  struct Copy {
    std::size_t lane = 0;
    VirtAddr address;
    PhysAddr from;
  };

  [[nodiscard]] Stop make(const std::vector<link::Change>& changes, std::size_t lane, LockStep& lock_step);
  void publish_lines(OutputStream stream, std::string& text, bool is_end);

  Shared& shared_;
  ProcessId pid_;
  std::unique_ptr<Child> child_;
  std::string start_failure_;
  bool is_over_ = false;
  std::array<Lane, link::kLanes> lanes_{};
  Tickets tickets_;
  Descriptor counter_;              // of instructions, where they are measured
  std::uint64_t instructions_ = 0;  // that are charged
  PageTable page_table_;
  std::uint64_t changes_seen_ = UINT64_MAX;  // memory_change_count() when the page table was last made to follow
  bool may_differ_ = false;
  std::vector<Copy> copies_;
  std::string unfinished_[2];  // lines
};

}  // namespace memsim::programs
